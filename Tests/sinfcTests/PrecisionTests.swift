import Foundation
import SINFCompiler
import Testing

/// `--min-precision`: what is chosen, stored, printed, and what the device makes of it.
@Suite struct PrecisionTests {
  let workshop: Workshop
  let out: TemporaryFolder

  init() throws {
    workshop = try Workshop.shared.get()
    out = try TemporaryFolder()
  }

  private func part(_ object: [String: Any], _ key: String) throws -> [String: Any] {
    try #require(object[key] as? [String: Any])
  }

  @Test(arguments: [["--plain"], ["--clusters", "2", "--cost-share", "0.7"]])
  func storesTheShare(method: [String]) throws {
    let file = out.file("model.sinf")
    let result = try workshop.compile(
      method + ["--min-precision", "75%", "--format", "json"], to: file)
    #expect(result.status == 0, "\(result.errors)")
    let precision = try part(try result.object(), "precision")
    #expect(precision["wanted"] as? Double == 0.75)
    let share = try #require(precision["minimum_share"] as? Double)
    #expect(share > 0 && share <= 1)
    let validation = try part(precision, "validation"), test = try part(precision, "test")
    let value = try #require(validation["precision"] as? Double)
    #expect(value - (try #require(validation["precision_standard_error"] as? Double)) >= 0.75)
    let held = try #require(test["precision"] as? Double) >= 0.75
    #expect(precision["holds"] as? Bool == held)

    // The file says so, and evaluating it counts the same.
    let inspected = try Program.run("sinf", ["inspect", file, "--format", "json"])
    #expect(inspected.status == 0, "\(inspected.errors)")
    let said = try #require(try inspected.object()["minimum_share"] as? Double)
    #expect(abs(said - share) < 1e-6)
    let evaluated = try Program.sinfc([
      "evaluate", file, "--data", workshop.data, "--part", "test", "--quiet", "--format", "json",
    ]).object()
    let given = try part(evaluated, "given_labels")
    for key in ["images", "given"] { #expect(given[key] as? Int == test[key] as? Int) }
    for key in ["precision", "coverage", "precision_standard_error"] {
      #expect(given[key] as? Double == test[key] as? Double)
    }
  }

  @Test func saysWhetherItHeldOnTheLastLine() throws {
    let file = out.file("model.sinf")
    let result = try workshop.compile(["--plain", "--min-precision", "0.7"], to: file)
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.text.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("a label is given from a top share of ") })
    #expect(lines.count { $0.contains("images get a label, of these ") } == 2)
    let last = try #require(lines.last)
    #expect(last.hasPrefix("goal on test images: labels right at least 70 % of the time: "))
    #expect(last.contains("held (") || last.contains("missed ("))
  }

  @Test func refusesWhatCannotBeReached() throws {
    let file = out.file("model.sinf")
    let result = try workshop.compile(["--plain", "--min-precision", "0.999"], to: file)
    #expect(result.status == 1 && result.text == "")
    #expect(
      result.errors.hasPrefix(
        "Error: \(workshop.network): no top share makes labels right 99.9 % of the time"),
      "\(result.errors)")
    #expect(result.errors.contains("ask for --min-precision 0."))
    #expect(try out.names() == [])
  }
}
