import Foundation
import Testing

@Suite struct BenchComparisonTests {
  private let folder: TemporaryFolder
  private let old: Data

  init() throws {
    folder = try TemporaryFolder()
    old = try Program.run(Self.arguments + ["--layers", "--format", "json"]).output
    try folder.write("old.json", old)
  }

  private static let arguments = [
    "bench", "--model", Program.tinyModel, "--iterations", "2", "--warmup", "0",
  ]

  private func compare(_ file: String = "old.json", _ more: [String] = []) throws -> Program.Result
  {
    try Program.run(Self.arguments + ["--compare", folder.path + "/" + file] + more)
  }

  @Test func comparesWithItself() throws {
    let result = try compare()
    #expect(result.status == 0)
    #expect(result.text.contains("\ncompared with \(folder.path)/old.json\n"))
    #expect(result.text.hasSuffix("digest        the same logits\n"))
    #expect(!result.text.contains("note "))
    for line in result.lines where !line.contains("/") { #expect(line.count <= 100) }
  }

  @Test func saysWhatIsDifferent() throws {
    let result = try compare("old.json", ["--route", "whole", "--threads", "2"])
    #expect(result.status == 0)
    #expect(result.text.contains("note          --route was another one\n"))
    #expect(result.text.contains("note          the number of threads was another one\n"))
    #expect(result.text.contains("note          the logits are other ones\n"))
    #expect(!result.text.contains("WARNING"))
  }

  /// Speed can't hide wrong answers.
  @Test func warnsOfOtherLogits() throws {
    let digest = try #require(
      String(decoding: old, as: UTF8.self).range(
        of: "\"logits_crc32\":\"[0-9a-f]{8}\"", options: .regularExpression))
    var text = String(decoding: old, as: UTF8.self)
    text.replaceSubrange(digest, with: "\"logits_crc32\":\"00c0ffee\"")
    try folder.write("wrong.json", Data(text.utf8))
    let result = try compare("wrong.json")
    #expect(result.status == 0)
    #expect(result.text.contains("WARNING: other logits for the same model"))
  }

  @Test func namesLineAndRuleOfDamage() throws {
    for (content, expected) in [
      ("", "line 1: expected an object"), ("[]", "line 1: expected an object"),
      ("{}", "line 1: expected the key \"schema\""),
      ("{\n\"version\":\"1\"}", "line 2: expected the key \"schema\""),
      ("{\"schema\":\"other\"}", "line 1: expected \"sinf-bench-1\""),
      ("{\"schema\":\"sinf-bench-1\"}", "line 1: expected the key \"times_ns\""),
      ("{\"schema\":\"sinf-bench-1\",\n\"times_ns\":{\n\"read\":7}}", "line 3: expected an object"),
      (
        "{\"schema\":\"sinf-bench-1\",\n\"times_ns\":{\"read\":{\"p50\":\"fast\"}}}",
        "line 2: expected a number or null"
      ),
      ("{\"schema\":\"sinf-bench-1\",\"times_ns\":{}} x", "line 1: expected the end of the file"),
      (
        "{\"schema\":\"sinf-bench-1\",\"more\":" + String(repeating: "[", count: 5000),
        "line 1: expected less nesting"
      ),
      ("{\"schema\":\"sinf-bench-1\",\"more\":\"\\", "line 1: expected the end of a string"),
    ] {
      try folder.write("bad.json", Data(content.utf8))
      let result = try compare("bad.json")
      #expect(result.status == 2)
      #expect(result.text == "")
      #expect(
        result.errors.hasPrefix(
          "sinf: \(folder.path)/bad.json: cannot compare with it: \(expected)"),
        "\(result.errors)")
    }
  }

  @Test func refusesWhatIsNoFile() throws {
    let none = try compare("none.json")
    #expect(none.status == 2)
    #expect(
      none.errors
        == "sinf: \(folder.path)/none.json: cannot compare with it: No such file or directory\n")
    let directory = try compare("")
    #expect(directory.status == 2)
    #expect(directory.errors.hasSuffix("cannot compare with it: Is a directory\n"))
  }

  @Test func survivesEveryCutAndManyDamages() throws {
    for count in stride(from: 0, to: old.count - 2, by: max(old.count / 40, 1)) {
      try folder.write("cut.json", old.prefix(count))
      let result = try compare("cut.json")
      #expect(result.status == 2, "\(count) bytes")
      #expect(result.errors.contains(": expected "), "\(count) bytes")
    }
    var state: UInt64 = 1
    for _ in 0..<40 {
      var damaged = old
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        damaged[Int(state >> 33) % damaged.count] = UInt8(truncatingIfNeeded: state >> 24)
      }
      try folder.write("damaged.json", damaged)
      let result = try compare("damaged.json")
      #expect(result.status == 0 || result.status == 2)
    }
  }
}
