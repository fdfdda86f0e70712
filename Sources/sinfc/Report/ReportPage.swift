import Foundation
import SINFCompiler

/// A report as one self-contained page without scripts: nothing is loaded from anywhere, nothing
/// runs. It is well-formed XML as well, so that any reader of that can check it.
struct ReportPage {
  let content: ReportContent
  let confusions: Confusions

  init(_ content: ReportContent) {
    self.content = content
    confusions = Confusions(content.answers)
  }

  var text: String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="color-scheme" content="light dark"/>
    <title>\(Self.escape(content.title)) on sinf</title>
    <style>\(Self.style)</style></head>
    <body><main>
    <h1>\(Self.escape(content.title)) <small>on sinf</small></h1>
    <p class="lead">\(Self.escape(content.headline))</p>
    \(resultTable)
    \(precision)
    \(charts)
    \(clusterSection)
    \(classSection)
    \(pictureSections)
    \(splitSection)
    \(filterSection)
    \(errorSection)
    \(memorySection)
    \(skippedSection)
    \(section("How it was made", """
      <p>\(Self.escape(content.origin))</p>
      <pre tabindex="0">\(content.commands.map(Self.escape).joined(separator: "\n"))</pre>
      <p>Written by sinfc \(Self.escape(sinfcVersion)).</p>
      """))
    </main></body></html>

    """
  }

  /// A part of the page with its heading.
  func section(_ heading: String, _ body: String) -> String {
    let id = heading.lowercased().split { !$0.isLetter }.joined(separator: "-")
    return """
      <section aria-labelledby="\(id)"><h2 id="\(id)">\(Self.escape(heading))</h2>
      \(body)</section>
      """
  }

  /// What is wider than a phone scrolls by itself, with the keyboard too.
  func scrolling(_ label: String, _ body: String) -> String {
    "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"\(Self.escape(label))\">\(body)</div>"
  }

  /// `head` names the columns; the first of each row names the row.
  func table(_ caption: String, _ head: [String], _ rows: [[String]]) -> String {
    let heads = head.map { "<th scope=\"col\">\($0)</th>" }.joined()
    let body = rows.map { row in
      "<tr><th scope=\"row\">\(row[0])</th>"
        + row.dropFirst().map { "<td>\($0)</td>" }.joined() + "</tr>"
    }
    return scrolling(
      caption,
      "<table><thead><tr>\(heads)</tr></thead><tbody>\n\(body.joined(separator: "\n"))\n</tbody></table>"
    )
  }

  func name(_ label: Int) -> String { Self.escape(content.images.classNames[label]) }

  private var resultTable: String {
    let rows = content.rows.map { row in
      [
        Self.escape(row.name), row.accuracy.percent,
        row.multiplyAccumulates.map { ResultText.millions(Int($0)) } ?? "",
        row.multiplyAccumulates.map { ResultText.percent($0 / content.whole.cost) } ?? "",
        row.milliseconds.map(ReportContent.milliseconds) ?? "",
      ]
    }
    let present = ResultText.classes(content.images).map { " of \($0)" } ?? ""
    return table(
      "Accuracy and cost",
      ["", "accuracy", "multiply-accumulates", "of \(content.whole.name)", "time an image"], rows)
      + "<p class=\"note\">\(content.answers.count) images\(present), ± one standard error; times are "
      + "medians of one thread on this machine. File \(content.fileBytes) bytes, working memory "
      + "\(content.description.arenaBytes) bytes.</p>"
  }

  private var precision: String {
    guard let lines = content.precision?.split(separator: "\n"), let first = lines.first else {
      return ""
    }
    let items = lines.dropFirst().map {
      "<li>\(Self.escape($0.trimmingCharacters(in: .whitespaces)))</li>"
    }
    return section(
      "When it says that it does not know",
      "<p>\(Self.escape(String(first)))</p><ul>\(items.joined())</ul>")
  }

  private var skippedSection: String {
    let skipped = content.images.skipped
    guard !skipped.isEmpty else { return "" }
    let shown = skipped.prefix(500).map {
      "<li><code>\(Self.escape($0.name))</code>: \(Self.escape($0.reason))</li>"
    }
    let rest = skipped.count > 500 ? "<li>and \(skipped.count - 500) more</li>" : ""
    return section(
      "Files that were skipped",
      "<details><summary>\(skipped.count) files gave no image</summary><ul>\n"
        + shown.joined(separator: "\n") + rest + "</ul></details>")
  }

  /// Text as it stands between tags and in attributes; control characters, which XML has no form
  /// for, become question marks.
  static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case _
      where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
