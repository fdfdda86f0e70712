import Foundation
import SINFCompiler
import Testing

/// Pictures that reach the network otherwise than in training are found before a compilation.
@Suite struct CheckTests {
  let workshop: Workshop
  let out: TemporaryFolder

  init() throws {
    workshop = try Workshop.shared.get()
    out = try TemporaryFolder()
  }

  private func check(_ arguments: [String]) throws -> Program.Result {
    try Program.sinfc(
      ["check", workshop.network, "--data", workshop.data, "--quiet"] + arguments)
  }

  @Test func agreesWithWhatIsRight() throws {
    let result = try check([])
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    #expect(result.text.contains("no other preset does clearly better"))
    let object = try check(["--format", "json"]).object()
    #expect(object["verdict"] as? String == "fine" && object["change"] as? String == "")
    let tried = try #require(object["tried"] as? [[String: Any]])
    #expect(tried.count >= 12)
    #expect(tried.allSatisfy { $0["options"] is String && $0["standard_error"] is Double })
  }

  @Test func findsExchangedColours() throws {
    let result = try check(["--color-order", "bgr"])
    #expect(result.status == 4)
    #expect(
      result.errors.hasPrefix(
        "Error: \(workshop.network): --normalization unit --color-order bgr gives "))
    #expect(result.errors.hasSuffix(" more: use --color-order rgb\n"))
    #expect(result.text.contains("--normalization unit  "))
    let object = try check(["--color-order", "bgr", "--format", "json"]).object()
    #expect(object["verdict"] as? String == "better")
    #expect(object["change"] as? String == "--color-order rgb")
    #expect(try #require(object["gain"] as? Double) > 0.3)
  }

  @Test func findsACropThatIsTooNarrow() throws {
    let result = try check(["--crop", "0.2"])
    #expect(result.status == 4)
    #expect(result.errors.contains("--crop 0.2 gives "))
    #expect(result.errors.contains(" more: use --crop "), "\(result.errors)")
  }

  @Test func findsNamesInAnotherOrder() throws {
    let names = Stripes.names.indices.map { Stripes.names[$0 ^ 1] }
    let file = try out.write("names.txt", names.joined(separator: "\n"))
    let result = try check(["--classes", file])
    #expect(result.status == 4)
    #expect(result.errors.contains("with its outputs in another order on "))
    #expect(result.errors.contains("is named 'blue-rows'") && result.errors.contains("--classes"))
    let object = try check(["--classes", file, "--format", "json"]).object()
    #expect(object["verdict"] as? String == "other_order")
  }

  @Test func saysWhenNothingIsBetterThanGuessing() throws {
    var generator = SeededGenerator(seed: 9)
    for (label, name) in Stripes.names.enumerated() {
      for i in 0..<20 {
        let picture = Stripes.picture(of: generator.below(6), &generator)
        try out.write("shuffled/\(name)/\(label)-\(i).png", Stripes.png(picture))
      }
    }
    let result = try Program.sinfc([
      "check", workshop.network, "--data", out.file("shuffled"), "--quiet",
    ])
    #expect(result.status == 4)
    #expect(result.errors.contains("at best") && result.errors.contains("guessing on 1"))
  }

  @Test func compilingStopsUnlessForced() throws {
    let file = out.file("model.sinf"), wrong = ["--plain", "--color-order", "bgr"]
    let stopped = try workshop.compile(wrong, to: file)
    #expect(stopped.status == 4 && stopped.text == "")
    #expect(
      stopped.errors.hasSuffix("use --color-order rgb, or --force to go on as it is\n"),
      "\(stopped.errors)")
    #expect(try out.names() == [])
    let forced = try Program.sinfc(
      ["compile", workshop.network, "--data", workshop.data, "-o", file, "--force"] + wrong)
    #expect(forced.status == 0)
    #expect(forced.errors.contains("warning: \(workshop.network): --normalization unit --color"))
    #expect(try out.names() == ["model.sinf"])
  }

  @Test func autoTakesWhatDoesBest() throws {
    let common = ["--plain", "--normalization", "auto", "--format", "json"]
    let asIs = try workshop.compile(common, to: out.file("a.sinf"))
    #expect(asIs.status == 0, "\(asIs.errors)")
    #expect(try #require(try asIs.object()["base_int8_accuracy"] as? Double) > 0.8)
    // The order of the colours is chosen too: the other one comes to the same model.
    let other = try workshop.compile(common + ["--color-order", "bgr"], to: out.file("b.sinf"))
    #expect(other.status == 0, "\(other.errors)")
    #expect(try #require(try other.object()["base_int8_accuracy"] as? Double) > 0.8)

    let both = try check(["--normalization", "auto", "--mean", "0,0,0", "--std", "1,1,1"])
    #expect(both.status == 2 && both.errors.contains("exclude each other"))
    let evaluated = try Program.sinfc([
      "evaluate", out.file("a.sinf"), "--data", workshop.data, "--normalization", "auto",
    ])
    #expect(evaluated.status == 2)
  }
}
