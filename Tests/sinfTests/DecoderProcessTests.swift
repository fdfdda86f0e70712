import Foundation
import TestPrograms
import Testing

/// The processes and threads of a running program: what they may do, and what the end of one costs.
/// Natively only: under QEMU the processes are QEMU's.
@Suite(
  .serialized, .enabled(if: Program.command.count == 1, "processes of an emulator are not ours"))
struct DecoderProcessTests {
  /// `sinf classify -` with a pipe in and a pipe out.
  private final class Stream {
    let process: ChildProcess
    private let input = Pipe()
    private let output = Pipe()

    init(_ arguments: [String] = []) throws {
      process = try ChildProcess(
        [
          Program.command[0], "classify", "--model", Program.tinyModel, "--no-times", "--format",
          "json",
        ] + arguments + ["-"],
        input: input.fileHandleForReading.fileDescriptor,
        output: output.fileHandleForWriting.fileDescriptor)
      try input.fileHandleForReading.close()
      try output.fileHandleForWriting.close()
    }

    func write(_ picture: Data) { input.fileHandleForWriting.write(picture) }

    /// The next line, as it comes.
    func line() throws -> [String: Any] {
      var line = Data()
      while true {
        let byte = output.fileHandleForReading.readData(ofLength: 1)
        if byte.isEmpty || byte[0] == 0x0A { break }
        line += byte
      }
      return try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
    }

    func end() throws -> [String: Any] {
      try input.fileHandleForWriting.close()
      let summary = try line()
      process.wait()
      return summary
    }
  }

  private func children(_ pid: Int32) -> [Int32] {
    let path = "/proc/\(pid)/task/\(pid)/children"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: " ").compactMap { Int32($0) }
  }

  private func status(_ path: String) -> [Substring: Substring] {
    let text = (try? String(contentsOfFile: path + "/status", encoding: .utf8)) ?? ""
    var result: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { result[parts[0]] = parts[1].drop { $0 == "\t" || $0 == " " } }
    }
    return result
  }

  private var canConfine: Bool {
    FileManager.default.fileExists(atPath: "/proc/sys/kernel/seccomp/actions_avail")
  }

  @Test func everyProcessAndThreadIsConfined() throws {
    try #require(canConfine, "this kernel has no seccomp")
    let stream = try Stream(["--threads", "4"])
    stream.write(Picture.png())
    #expect(try stream.line()["status"] as? String == "classified")
    let worker = stream.process.identifier
    let server = try #require(children(worker).first)
    let decoder = try #require(children(server).first)
    var threads = 0
    for pid in [worker, server, decoder] {
      for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task") {
        let status = status("/proc/\(pid)/task/\(thread)")
        #expect(status["NoNewPrivs"] == "1", "\(pid) \(thread)")
        #expect(status["Seccomp"] == "2", "\(pid) \(thread)")
        threads += 1
      }
    }
    #expect(threads == 4 + 1 + 1)
    // One descriptor, the write end of a pipe that says that it lives.
    let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(decoder)/fd")
    if let descriptors { #expect(descriptors.count == 1) }
    #expect(try stream.end()["classified"] as? Int == 1)
    #expect(kill(decoder, 0) != 0)
    #expect(kill(server, 0) != 0)
  }

  /// By whatever hand it ends: the next picture gets a fresh one.
  @Test(arguments: [SIGKILL, SIGSEGV, SIGABRT]) func aDecoderThatEndedIsReplaced(
    signal: Int32
  ) throws {
    let stream = try Stream()
    for _ in 0..<3 {
      stream.write(Picture.png())
      #expect(try stream.line()["status"] as? String == "classified")
      let server = try #require(children(stream.process.identifier).first)
      let decoder = try #require(children(server).first)
      kill(decoder, signal)
      while kill(decoder, 0) == 0, !status("/proc/\(decoder)").isEmpty { usleep(1000) }
    }
    let summary = try stream.end()
    #expect(summary["classified"] as? Int == 3)
    #expect(stream.process.wait() == .exit(0))
  }

  /// In the midst of a picture, while it waits for bytes: the picture had no part in that, and is begun
  /// anew with what has come of it so far.
  @Test func aDecoderThatEndsWaitingCostsNothing() throws {
    let stream = try Stream()
    let picture = Picture.png(width: 30, height: 30)
    stream.write(picture)
    #expect(try stream.line()["status"] as? String == "classified")
    let server = try #require(children(stream.process.identifier).first)
    let decoder = try #require(children(server).first)
    stream.write(picture.prefix(picture.count / 2))
    usleep(200_000)
    kill(decoder, SIGKILL)
    usleep(50_000)
    stream.write(picture.suffix(from: picture.count / 2) + picture)
    for _ in 0..<2 {
      let line = try stream.line()
      #expect(line["status"] as? String == "classified")
      #expect(line["bytes"] as? Int == picture.count)
    }
    #expect(try stream.end()["failed"] as? Int == 0)
  }

  /// Stopped, it doesn't answer; what it costs is the time for one picture.
  @Test func aDecoderThatStandsStillIsReplaced() throws {
    let stream = try Stream(["--frame-timeout", "0.3"])
    stream.write(Picture.png())
    #expect(try stream.line()["status"] as? String == "classified")
    let server = try #require(children(stream.process.identifier).first)
    kill(try #require(children(server).first), SIGSTOP)
    stream.write(Picture.png())
    stream.write(Picture.png(seed: 1))
    let failed = try stream.line()
    #expect(failed["error"] as? String == "decoder_timeout")
    #expect(
      failed["message"] as? String == "decoding takes longer than 0.300 s; see --frame-timeout")
    // What stands behind it in the buffer is not lost.
    #expect(try stream.line()["status"] as? String == "classified")
    #expect(try stream.end()["failed"] as? Int == 1)
  }

  @Test func withoutAForkServerTheRestFails() throws {
    let stream = try Stream()
    stream.write(Picture.png())
    #expect(try stream.line()["status"] as? String == "classified")
    let server = try #require(children(stream.process.identifier).first)
    let decoder = try #require(children(server).first)
    kill(server, SIGKILL)
    // Its child goes with it.
    while !status("/proc/\(decoder)").isEmpty, status("/proc/\(decoder)")["State"]?.first != "Z" {
      usleep(1000)
    }
    stream.write(Picture.png())
    #expect(try stream.line()["error"] as? String == "decoder_unavailable")
    #expect(try stream.end()["failed"] as? Int == 1)
  }

  /// A signal of the program's own faults ends it, in every build.
  @Test(arguments: [SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL]) func faultsEndTheProgram(
    signal: Int32
  ) throws {
    let stream = try Stream()
    stream.write(Picture.png())
    _ = try stream.line()
    let server = try #require(children(stream.process.identifier).first)
    kill(stream.process.identifier, signal)
    #expect(stream.process.wait() == .signal(signal))
    // And with it the others.
    for _ in 0..<2000 where !status("/proc/\(server)").isEmpty {
      if status("/proc/\(server)")["State"]?.first == "Z" { break }
      usleep(1000)
    }
    let state = status("/proc/\(server)")["State"]?.first
    #expect(state == nil || state == "Z")
  }
}

/// --max-pixels, --frame-timeout, --require-sandbox.
@Suite struct DecoderOptionTests {
  @Test func limitsThePixels() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.png", Picture.png(width: 10, height: 10))
    let path = folder.path + "/a.png"
    #expect(try Program.classify(["--max-pixels", "100", path]).status == 0)
    let refused = try Program.classify(["--max-pixels", "99", path])
    #expect(refused.status == 1)
    #expect(refused.errors.contains("the picture has 100 pixels, the limit is 99\n"))
    let watch = try Program.run([
      "watch", "--model", Program.tinyModel, "--once", "--settle", "0", "--max-pixels", "99",
      folder.path,
    ])
    #expect(watch.text.contains("\"error\":\"pixels\""))
    let bench = try Program.run([
      "bench", "--model", Program.tinyModel, "--iterations", "1", "--max-pixels", "99", path,
    ])
    #expect(bench.status == 1)
    #expect(bench.errors.contains("the limit is 99\n"))
  }

  @Test(arguments: ["classify", "watch", "bench"]) func refusesOtherValues(
    command: String
  ) throws {
    for (option, value) in [
      ("--max-pixels", "0"), ("--max-pixels", "-1"), ("--max-pixels", "many"),
      ("--frame-timeout", "0"), ("--frame-timeout", "3601"), ("--frame-timeout", "soon"),
      ("--frame-timeout", "0.0001"),
    ] {
      let result = try Program.run(
        [command, "--model", Program.tinyModel, option, value, "x"])
      #expect(result.status == 2, "\(option) \(value)")
      #expect(result.errors.hasPrefix("sinf: option \(option): '\(value)' is not a number of "))
    }
    let result = try Program.run(
      [command, "--model", Program.tinyModel, "--no-sandbox", "--require-sandbox", "x"])
    #expect(result.status == 2)
    #expect(result.errors.contains("--no-sandbox and --require-sandbox exclude each other"))
  }

  /// Where the kernel can confine, the option changes nothing; where it can't, nothing is begun.
  @Test(arguments: ["classify", "watch", "bench"]) func requiresTheSandbox(
    command: String
  ) throws {
    let folder = try TemporaryFolder()
    try folder.write("a.png", Picture.png())
    var arguments = [command, "--model", Program.tinyModel, "--require-sandbox"]
    if command == "watch" { arguments += ["--once", "--settle", "0"] }
    if command == "bench" { arguments += ["--iterations", "1"] }
    let result = try Program.run(arguments + [folder.path])
    if result.errors.contains("cannot confine") {
      #expect(result.status == 3)
      #expect(result.output.isEmpty)
    } else {
      #expect(result.status == 0)
    }
  }
}
