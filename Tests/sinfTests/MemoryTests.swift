import Foundation
import Testing

/// `--memory` grown step by step until everything runs: each step is a clean refusal or a success,
/// and the numbers in a refusal are true.
@Suite struct MemoryTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("narrow.png", Picture.png(width: 8, height: 8))
    try folder.write("tall.png", Picture.png(width: 4, height: 5000))
    try folder.write("wide.png", Picture.png(width: 5000, height: 4))
    for name in ["gradient.jpg", "grey.jpg", "palette.png"] {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Pictures/" + name)
      try folder.write(name, Data(contentsOf: file))
    }
  }

  private func run(_ bytes: Int) throws -> Program.Result {
    try Program.classify(["--memory", String(bytes), "--no-times", folder.path])
  }

  /// The two numbers behind these words.
  private func numbers(_ text: Substring, _ first: String, _ second: String) -> (Int, Int)? {
    guard let start = text.range(of: first), let next = text.range(of: second) else { return nil }
    func number(_ rest: Substring) -> Int? { Int(rest.prefix { $0.isNumber }) }
    guard let a = number(text[start.upperBound...]), let b = number(text[next.upperBound...])
    else { return nil }
    return (a, b)
  }

  @Test func growsUntilEverythingRuns() throws {
    // To start: what a far too small budget says is needed is exactly what is needed.
    let least = try #require(
      numbers(try run(1).errors[...], "tables need ", "the budget has ")?.0)
    for bytes in [1, 4096, least / 2, least - 64, least - 1] {
      let refused = try run(bytes)
      #expect(refused.status == 3)
      #expect(refused.output.isEmpty)
      #expect(refused.errors.split(separator: "\n").count == 1)
      let found = try #require(
        numbers(refused.errors[...], "tables need ", "the budget has "))
      #expect(found == (least, bytes))
    }
    // To decode: whoever is refused says how much more, and with that much more is not refused.
    var budget = least
    var promised: [Substring: Int] = [:]
    for _ in 0..<40 {
      let result = try run(budget)
      let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("sinf: ") }
      let counts = try #require(result.errors.split(separator: "\n").last)
      #expect(
        counts.hasPrefix("6 received = \(6 - lines.count) classified + \(lines.count) failed"))
      var nextBudget = Int.max
      for line in lines {
        let (needed, available) = try #require(
          numbers(line, "decoding needs ", "the decoder has "), "\(line)")
        #expect(needed > available)
        let name = line.prefix { $0 != "," }.split(separator: ":")[1]
        if let earlier = promised[name] { #expect(budget < earlier, "\(line)") }
        promised[name] = budget + needed - available
        nextBudget = min(nextBudget, budget + needed - available)
      }
      if lines.isEmpty {
        #expect(result.status == 0)
        #expect(!promised.isEmpty, "the least budget leaves nothing to grow for")
        return
      }
      #expect(result.status == 1)
      budget = nextBudget
    }
    Issue.record("still refused with \(budget) bytes")
  }

  @Test func heightCostsNothing() throws {
    // 300 times the height; what is left of the budget is enough for the one as for the other.
    let short = try TemporaryFolder()
    try short.write("a.png", Picture.png(width: 64, height: 100))
    let tall = try TemporaryFolder()
    try tall.write("a.png", Picture.png(width: 1, height: 16_000))
    for picture in [short, tall] {
      let result = try Program.classify(["--memory", "250000", "--no-times", picture.path])
      #expect(result.status == 0, "\(result.errors)")
    }
  }
}
