import Foundation
import FoundationXML
import SINFCompiler
import Testing

/// The pages of `--report`: whole, well-formed, alone, and with everything in them.
@Suite struct ReportTests {
  let workshop: Workshop
  let out: TemporaryFolder

  init() throws {
    workshop = try Workshop.shared.get()
    out = try TemporaryFolder()
  }

  @Test func aRoutedModelsPageHasAllItsParts() throws {
    let page = out.file("page.html"), file = out.file("m.sinf")
    let result = try workshop.compile(
      ["--clusters", "2", "--cost-share", "0.7", "--report", page, "--format", "json"], to: file)
    #expect(result.status == 0, "\(result.errors)")
    let document = try Page(out.read("page.html"))
    #expect(
      document.texts("h2")
        == [
          "Accuracy against cost", "Clusters", "Accuracy by class", "What is taken for what",
          "The surest mistakes", "Examples of every path", "Where the network was split",
          "Filters kept", "What 8 bits cost, layer by layer", "Memory", "Files that were skipped",
          "How it was made",
        ].filter { $0 != "The surest mistakes" || document.texts("h2").contains($0) })
    let lead = try #require(document.elements("p").first { $0.attributes["class"] == "lead" })
    #expect(lead.text.contains("of the base network's multiply-accumulates on average"))
    #expect(lead.text.contains("±") && lead.text.contains("The goal was at most 3 points"))
    // Every candidate is a point that the keyboard reaches and a screen reader reads.
    let points = document.elements("g").filter { $0.attributes["tabindex"] == "0" }
    #expect(points.count == 2 * 3 && points.allSatisfy { $0.attributes["role"] == "img" })
    #expect(points.count { $0.attributes["aria-label"]?.contains("(this model)") == true } == 2)
    #expect(points.contains { $0.attributes["aria-label"]?.contains("no clusters") == true })
    #expect(document.text.contains("red-rows/broken.png"))
    #expect(document.text.contains("sinfc compile") && document.text.contains("--cost-share 0.7"))
    try checkPictures(document)

    // JSON has the page's numbers.
    let object = try result.object()
    let candidates = try #require(object["candidates"] as? [[String: Any]])
    #expect(candidates.count { $0["kind"] as? String != "threshold" } == 3)
    #expect(candidates.count { $0["chosen"] as? Bool == true } == 1)
    #expect(candidates.allSatisfy { ($0["milliseconds"] as? Double ?? 0) > 0 })
    let classes = try #require(object["by_class"] as? [[String: Any]])
    #expect(classes.count == 6)
    #expect(
      classes.compactMap { $0["images"] as? Int }.reduce(0, +) == object["test_images"] as? Int)
    let wrong = try #require(object["confusions"] as? [[String: Any]])
    let mistakes = wrong.compactMap { $0["images"] as? Int }.reduce(0, +)
    let images = try #require(object["test_images"] as? Int)
    let accuracy = try #require(object["routed_accuracy"] as? Double)
    #expect(mistakes == Int((Double(images) * (1 - accuracy)).rounded()))
    let paths = try #require(object["paths"] as? [String: Int])
    #expect(paths.values.reduce(0, +) == images)
    #expect((object["filters"] as? [[String: Any]])?.isEmpty == false)
    let errors = try #require(object["layer_errors"] as? [[String: Any]])
    #expect(errors.count >= 5 && errors.contains { $0["name"] as? String == "a" })
    // 8 bits of what is spread out cost about a hundredth, never nothing.
    #expect(errors.allSatisfy { (1e-4...0.2).contains($0["relative_error"] as? Double ?? 1) })
  }

  @Test func plainModelsAndEvaluationsHaveAPageToo() throws {
    let page = out.file("page.html"), file = out.file("m.sinf")
    let result = try workshop.compile(
      ["--plain", "--min-precision", "0.7", "--report", page], to: file)
    #expect(result.status == 0, "\(result.errors)")
    let document = try Page(out.read("page.html"))
    #expect(document.elements("p").first?.text.hasPrefix("In 8 bits the network names ") == true)
    #expect(document.texts("li").count { $0.contains(" images get a label, of these ") } == 2)
    for heading in ["Accuracy by class", "Memory", "How it was made"] {
      #expect(document.texts("h2").contains(heading))
    }
    #expect(!document.texts("h2").contains("Clusters"))
    try checkPictures(document)

    let evaluated = try Program.sinfc([
      "evaluate", file, "--data", workshop.data, "--quiet", "--against", workshop.network,
      "--report", out.file("evaluation.html"),
    ])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    let evaluation = try Page(out.read("evaluation.html"))
    #expect(evaluation.text.contains("Part of the data: all."))
    #expect(evaluation.texts("th").contains("float32"))
    try checkPictures(evaluation)
    let over = try Program.sinfc([
      "evaluate", file, "--data", workshop.data, "--report", file,
    ])
    #expect(over.status == 2 && over.errors.contains("would be written over the input"))
  }

  /// Names of classes and files are strangers' words.
  @Test func namesCannotBreakThePage() throws {
    let bad = ["<script>alert(1)</script>", "a&b\"'", "c -->", "e]]>", "</style>", "g"]
    var generator = SeededGenerator(seed: 4)
    for (label, name) in Stripes.names.enumerated() {
      for i in 0..<12 {
        try out.write("p/\(name)/\(i).png", Stripes.png(Stripes.picture(of: label, &generator)))
      }
    }
    try out.write("p/red-rows/<img src=x onerror=1>\u{1}.png", "no picture")
    let names = try out.write(
      "names.txt", zip(bad, Stripes.names).map { "\($0)\t\($1)" }.joined(separator: "\n"))
    let page = out.file("page.html")
    let result = try Program.sinfc([
      "compile", workshop.network, "--data", out.file("p"), "--plain", "--classes", names,
      "--report", page, "--output", out.file("m.sinf"), "--quiet",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let document = try Page(out.read("page.html"))
    #expect(document.elements("script").isEmpty)
    #expect(document.text.contains("red-rows/<img src=x onerror=1>?.png"))
    #expect(document.elements("img").allSatisfy { $0.attributes["onerror"] == nil })
    #expect(document.text.contains("<script>alert(1)</script>"))
  }

  /// Pictures lie in the page, have words, and the page is small.
  private func checkPictures(_ document: Page) throws {
    let pictures = document.elements("img")
    #expect(pictures.count >= 6)
    #expect(pictures.allSatisfy { $0.attributes["alt"]?.isEmpty == false })
    for picture in pictures {
      let source = try #require(picture.attributes["src"])
      let start = "data:image/png;base64,"
      #expect(source.hasPrefix(start))
      let bytes = try #require(Data(base64Encoded: String(source.dropFirst(start.count))))
      #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }
    #expect(document.source.utf8.count < 3_000_000)
    // Nothing is loaded, nothing runs.
    #expect(document.elements("script").isEmpty && document.elements("link").isEmpty)
    #expect(!document.source.contains("http") && !document.source.contains("url("))
    #expect(!document.text.contains("nan") && !document.source.contains("=\"nan"))
    let regions = document.elements("section")
    let headings = Set(document.elements("h2").compactMap { $0.attributes["id"] })
    #expect(regions.allSatisfy { headings.contains($0.attributes["aria-labelledby"] ?? "") })
    #expect(headings.count == regions.count)
    #expect(document.elements("meta").contains { $0.attributes["name"] == "viewport" })
  }
}

/// A page read by an XML parser, which forgives nothing.
final class Page: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""
  }

  let source: String
  private(set) var text = ""
  private var all: [Element] = []
  private var open: [Int] = []

  init(_ source: String) throws {
    self.source = source
    super.init()
    #expect(source.hasPrefix("<!DOCTYPE html>\n"))
    let parser = XMLParser(data: Data(source.utf8))
    parser.delegate = self
    let isWhole = parser.parse()
    #expect(
      isWhole,
      "line \(parser.lineNumber), column \(parser.columnNumber): \(parser.parserError as Any)")
  }

  func elements(_ name: String) -> [Element] { all.filter { $0.name == name } }
  func texts(_ name: String) -> [String] { elements(name).map(\.text) }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(all.count)
    all.append(Element(name: name, attributes: attributes))
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) { open.removeLast() }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    for index in open { all[index].text += string }
    if open.allSatisfy({ all[$0].name != "style" }) { text += string }
  }
}
