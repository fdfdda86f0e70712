import Foundation
import Testing

@testable import sinf

@Suite struct OutputTests {
  let folder: TemporaryFolder
  /// A name with everything that breaks lines, terminals, JSON and CSV, and with bytes that are no
  /// UTF-8.
  let awkward =
    Data("q\"uo,te\\ \n\u{1B}[31m\u{9B}ä".utf8) + [0xFF, 0xC0, 0xAF] + Data(".png".utf8)

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("plain.png", Picture.png())
    let picture = Picture.png(seed: 9)
    let path = Array(Data(folder.path.utf8) + Data("/".utf8) + awkward + [0])
    let descriptor = path.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        open($0.baseAddress!, O_WRONLY | O_CREAT | O_EXCL, 0o600)
      }
    }
    try #require(descriptor >= 0)
    try #require(picture.withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) } > 0)
    close(descriptor)
  }

  @Test func escapesNamesInText() throws {
    let result = try Program.classify(["--no-times", folder.path])
    #expect(result.status == 0)
    #expect(
      result.text.contains("q\"uo,te\\ \\x0a\\x1b[31m\\xc2\\x9bä\\xff\\xc0\\xaf.png\n"))
    #expect(result.lines.count == 3)
    #expect(!result.text.contains("\u{1B}"))
  }

  @Test func escapesNamesInJSON() throws {
    let result = try Program.classify(["--format", "json", folder.path])
    #expect(result.status == 0)
    let objects = try result.objects()
    #expect(objects.count == 3)
    let object = try #require(objects.first { $0["file_hex"] != nil })
    #expect(
      object["file"] as? String
        == "\(folder.path)/q\"uo,te\\ \n\u{1B}[31m\u{9B}ä\u{FFFD}\u{FFFD}\u{FFFD}.png")
    let hexadecimal = (Data("\(folder.path)/".utf8) + awkward)
      .map { String(format: "%02x", $0) }.joined()
    #expect(object["file_hex"] as? String == hexadecimal)
  }

  @Test func quotesNamesInCSV() throws {
    let result = try Program.classify(["--format", "csv", "--no-times", folder.path])
    #expect(result.status == 0)
    #expect(
      result.lines.first
        == "file,picture,status,rank,class,label,probability,cluster,route_confidence,path,macs,error,sure"
    )
    var expected = Data("\"\(folder.path)/".utf8)
    for byte in awkward { expected += byte == 0x22 ? [0x22, 0x22] : [byte] }
    expected += Data("\",1,classified,1,".utf8)
    #expect(result.output.range(of: expected) != nil)
  }

  @Test func ranksLabelsWithProbabilities() throws {
    let path = folder.path + "/plain.png"
    let result = try Program.classify(
      ["--format", "json", "--route", "whole", "--top", "100", path])
    let object = try result.objects()[0]
    let labels = try #require(object["labels"] as? [[String: Any]])
    #expect(labels.count == 4)
    let shares = labels.map { $0["probability"] as! Double }
    #expect(abs(shares.reduce(0, +) - 1) < 1e-5)
    #expect(shares == shares.sorted(by: >))
    #expect(object["path"] as? String == "whole")
    #expect(object["cluster"] is NSNull)
    #expect(object["route_confidence"] is NSNull)
    #expect(object["macs"] as? Int == 3584)
    #expect(object["macs_share"] as? Double == 1)
    let times = try #require(object["times_ns"] as? [String: Int])
    #expect(
      Set(times.keys) == ["read", "decode", "preprocess", "features", "route", "rest"])
    #expect(times["route"] == 0)
  }

  @Test func routesAsAsked() throws {
    let path = folder.path + "/plain.png"
    func run(_ arguments: [String]) throws -> [String: Any] {
      try Program.classify(["--format", "json", "--no-times"] + arguments + [path]).objects()[0]
    }
    for name in ["plants", "0"] {
      let forced = try run(["--route", name])
      #expect((forced["cluster"] as? [String: Any])?["name"] as? String == "plants")
      #expect(forced["path"] as? String == "subgraph")
      #expect(forced["macs"] as? Int == 3456 + 32 + 312)
    }
    let trusted = try run(["--threshold", "0"])
    #expect(trusted["path"] as? String == "subgraph")
    #expect(trusted["times_ns"] == nil)
    let confidence = try #require(trusted["route_confidence"] as? Double)
    #expect(confidence >= 0.5 && confidence <= 1)
  }

  @Test func detailsEndWithMeans() throws {
    let arguments = ["--details", "--route-threshold", "0"]
    let result = try Program.classify(arguments + [folder.path])
    #expect(result.text.hasPrefix("label    share  cluster"))
    #expect(result.text.contains("  route  path        MACs  image ms    net ms  file\n"))
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0].hasPrefix("mean MACs: ") && lines[0].hasSuffix("; fallbacks: 0 of 2"))
    #expect(lines[1].hasPrefix("mean ms: read "))
    let quiet = try Program.classify(arguments + ["--no-times", folder.path])
    #expect(
      quiet.errors == "\(lines[0])\n2 received = 2 classified + 0 failed + 0 skipped\n")
  }

  @Test func tablesAreNarrowAndSayWhatMemoryWasUsed() throws {
    let result = try Program.classify(["--memory", "900K", folder.path + "/plain.png"])
    let lines = result.lines
    #expect(lines.count == 2)
    #expect(lines[0] == "label    share  sure?        ms  file")
    #expect(lines[0].count + Int(Report.widestLabel) < 80)
    #expect(lines[1].hasSuffix("  \(folder.path)/plain.png"))
    #expect(lines[1].contains(" %  -  "))
    let errors = result.errors.split(separator: "\n")
    #expect(errors.count == 2)
    #expect(errors[0].hasPrefix("memory: ") && errors[0].hasSuffix(" besides"))
    #expect(errors[0].contains(" K used of the budget of 900.0 K; program, libraries and mapped "))
  }

  @Test func countsMemory() throws {
    let json = try Program.classify(["--format", "json", folder.path])
    let peak = try #require(try json.objects().last?["peak_resident_bytes"] as? Int)
    #expect(peak > 100_000)
    let budgeted = try Program.classify(
      ["--format", "json", "--memory", "1M", folder.path]
    ).objects().last
    #expect(budgeted?["memory_budget_bytes"] as? Int == 1 << 20)
    let used = try #require(budgeted?["memory_used_bytes"] as? Int)
    #expect(used > 10_000 && used < 1 << 20)
  }

  @Test func leavesTimesOut() throws {
    let first = try Program.classify(["--no-times", "--top", "3", folder.path])
    let second = try Program.classify(["--no-times", "--top", "3", folder.path])
    #expect(first.output == second.output)
    #expect(!first.text.contains("ms"))
  }

  @Test(arguments: ["text", "json", "csv"])
  func saysWhenResultsCannotBeWritten(format: String) throws {
    let full = try Program.classify(
      ["--format", format, folder.path], shell: "exec \"$@\" > /dev/full")
    #expect(full.status == 1)
    #expect(
      full.errors.hasSuffix("sinf: cannot write the results: No space left on device\n"))
    let closed = try Program.classify(
      ["--format", format, folder.path], shell: "exec \"$@\" >&-")
    #expect(closed.status == 1)
    #expect(closed.errors.hasSuffix("sinf: cannot write the results: Bad file descriptor\n"))
    // The reader is gone before the first result: an error, not a death by signal.
    let broken = try Program.classify(
      ["--format", format, folder.path],
      shell: "{ sleep 0.3; \"$@\"; echo \"status $?\" >&2; } | true")
    #expect(broken.errors.contains("sinf: cannot write the results: Broken pipe\n"))
    #expect(broken.errors.hasSuffix("status 1\n"))
  }
}
