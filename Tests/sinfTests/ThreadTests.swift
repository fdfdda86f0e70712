import Foundation
import Testing

@Suite struct ThreadTests {
  @Test func outputIsTheSameForAnyNumberOfThreads() throws {
    let folder = try TemporaryFolder()
    for seed in 0..<4 { try folder.write("\(seed).png", Picture.png(seed: seed)) }
    let one = try Program.classify(["--no-times", "--top", "4", "--format", "json", folder.path])
    #expect(one.status == 0)
    for threads in ["1", "2", "3", "64"] {
      let result = try Program.classify([
        "--no-times", "--top", "4", "--format", "json", "--threads", threads, folder.path,
      ])
      #expect(result.status == 0)
      #expect(result.text == one.text, "\(threads) threads")
    }
  }

  @Test(arguments: ["0", "65", "two", "-1", ""])
  func refusesOtherNumbers(threads: String) throws {
    let result = try Program.classify(["--threads", threads, "x.png"])
    #expect(result.status == 2)
    #expect(
      result.errors.hasPrefix(
        "sinf: option --threads: '\(threads)' is not a number of threads from 1 to 64\n"))
  }

  @Test func takesTheTimeToLookForWorkFromTheEnvironment() throws {
    let arguments = [
      "bench", "--model", Program.tinyModel, "--iterations", "3", "--threads", "3", "--format",
      "json",
    ]
    var digests: Set<Substring> = []
    for spin in ["", "0", "1", "1000"] {
      let result = try Program.run(arguments, environment: ["SINF_SPIN": spin])
      #expect(result.status == 0)
      digests.formUnion(result.lines.filter { $0.hasPrefix("\"digest\"") })
    }
    #expect(digests.count == 1)
    for spin in ["-1", "x", "1000001"] {
      let result = try Program.run(arguments, environment: ["SINF_SPIN": spin])
      #expect(result.status == 2)
      #expect(
        result.errors
          == "sinf: the environment variable SINF_SPIN is '\(spin)', "
          + "expected microseconds from 0 to 1000000\n")
    }
  }

  /// Their stacks are part of the budget.
  @Test func stacksCountInTheBudget() throws {
    let one = try Program.classify(["--memory", "4K", "x.png"]).errors
    let four = try Program.classify(["--memory", "4K", "--threads", "4", "x.png"]).errors
    func needed(_ text: String) throws -> Int {
      let words = text.split(separator: " ")
      let index = try #require(words.firstIndex(of: "need"))
      return try #require(Int(words[index + 1]))
    }
    #expect(try needed(four) >= needed(one) + 3 * 64 << 10)
  }
}
