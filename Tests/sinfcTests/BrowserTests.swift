import Foundation
import TestPrograms
import Testing

/// Reports as a browser lays them out, on a phone and on a desk. Only where Debian's
/// chromium-headless-shell is installed, as tools/packages.sh does.
@Suite(.enabled(if: Browser.path != nil)) struct BrowserTests {
  let workshop: Workshop
  let out: TemporaryFolder

  init() throws {
    workshop = try Workshop.shared.get()
    out = try TemporaryFolder()
  }

  @Test func nothingIsWiderThanTheScreen() throws {
    let page = out.file("page.html")
    let result = try workshop.compile(
      ["--clusters", "2", "--cost-share", "0.7", "--report", page], to: out.file("m.sinf"))
    #expect(result.status == 0, "\(result.errors)")
    let source = try out.read("page.html")
    for width in [390, 1280] {
      let seen = try Browser.measure(source, width: width, in: out)
      #expect(seen["width"] as? Int == width)
      #expect(seen["scrollWidth"] as? Int == width, "\(seen["wide"] ?? "")")
      #expect(seen["pictures"] as? Int == seen["loaded"] as? Int)
      #expect(try #require(seen["pictures"] as? Int) >= 6)
      #expect(try #require(seen["smallest"] as? Double) >= 10)
      // Each region that scrolls, each point and each fold is reached by the tabulator.
      #expect(try #require(seen["focusable"] as? Int) > 10)
    }
    // What a browser may not show is found: a page with something wide.
    let wide = source.replacingOccurrences(
      of: "<main>", with: "<main><div style=\"width:600px\">wide</div>")
    let seen = try Browser.measure(wide, width: 390, in: out)
    #expect(try #require(seen["scrollWidth"] as? Int) > 390)
  }

  /// Text against what lies behind it, by WCAG's formula, as the browser computed the colours.
  @Test(arguments: ["light", "dark"])
  func textHasContrast(scheme: String) throws {
    let page = out.file("page.html")
    let result = try workshop.compile(["--plain", "--report", page], to: out.file("m.sinf"))
    #expect(result.status == 0, "\(result.errors)")
    let seen = try Browser.measure(try out.read("page.html"), width: 1280, scheme: scheme, in: out)
    #expect(seen["dark"] as? Bool == (scheme == "dark"))
    #expect(try #require(seen["contrast"] as? Double) >= 4.5, "\(seen["pale"] ?? "")")
  }
}

enum Browser {
  /// nil where none is installed.
  static let path = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Shows a page in a frame of `width` pixels and returns what it measures there.
  static func measure(
    _ page: String, width: Int, scheme: String = "light", in folder: TemporaryFolder
  ) throws -> [String: Any] {
    let frame = page.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "\"", with: "&quot;")
    let host = try folder.write(
      "host.html",
      """
      <!DOCTYPE html><html style="color-scheme:\(scheme)"><body style="margin:0">
      <iframe id="f" style="border:0;width:\(width)px;height:4000px" srcdoc="\(frame)"></iframe>
      <pre id="result"></pre><script>\(script)</script></body></html>
      """)
    let run = try Run(
      [
        path!, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        "--window-size=1400,900", "--virtual-time-budget=5000",
        "--blink-settings=preferredColorScheme=\(scheme == "dark" ? 0 : 1)",
        "--user-data-dir=\(folder.file("profile"))", "--dump-dom", "file://" + host,
      ], environment: ProcessInfo.processInfo.environment, seconds: 120)
    #expect(run.status == 0, "\(run.errors)")
    let start = try #require(run.text.range(of: "<pre id=\"result\">")).upperBound
    let end = try #require(run.text.range(of: "</pre>", range: start..<run.text.endIndex))
    let text = run.text[start..<end.lowerBound].replacingOccurrences(of: "&amp;", with: "&")
      .replacingOccurrences(of: "&lt;", with: "<").replacingOccurrences(of: "&gt;", with: ">")
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(object as? [String: Any])
  }

  private static let script = """
    document.getElementById("f").onload = function () {
      const w = this.contentWindow, d = this.contentDocument, root = d.documentElement;
      const all = [...d.body.querySelectorAll("*")];
      const hidden = e => e.closest(".wide, pre, svg");
      const wide = all.filter(e => !hidden(e) && e.getBoundingClientRect().right > root.clientWidth);
      const texts = all.filter(e => !e.closest("svg") && e.checkVisibility() &&
        [...e.childNodes].some(c => c.nodeType == 3 && c.data.trim()));
      const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
      // Any colour that CSS knows, over another.
      const over = (color, under) => {
        canvas.fillStyle = `rgb(${under})`; canvas.fillRect(0, 0, 1, 1);
        canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
      };
      const behind = e => e ? over(w.getComputedStyle(e).backgroundColor, behind(e.parentElement))
        : [255, 255, 255];
      const light = c => c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 :
        ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
      const contrasts = texts.map(e => {
        const b = behind(e), a = light(over(w.getComputedStyle(e).color, b)), c = light(b);
        return [(Math.max(a, c) + 0.05) / (Math.min(a, c) + 0.05), e.outerHTML.slice(0, 90)];
      }).sort((a, b) => a[0] - b[0]);
      const images = [...d.images];
      document.getElementById("result").textContent = JSON.stringify({
        width: root.clientWidth, scrollWidth: root.scrollWidth,
        wide: wide.slice(0, 3).map(e => e.outerHTML.slice(0, 90)).join(" | "),
        pictures: images.length, loaded: images.filter(i => i.naturalWidth > 0).length,
        smallest: Math.min(...texts.map(e => parseFloat(w.getComputedStyle(e).fontSize))),
        focusable: d.querySelectorAll("[tabindex='0'], summary").length,
        contrast: contrasts[0][0], pale: contrasts[0][1],
        dark: w.matchMedia("(prefers-color-scheme: dark)").matches,
      });
    };
    """
}
