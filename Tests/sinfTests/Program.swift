import Foundation
import Testing

/// The program under test, run as users run it.
enum Program {
  struct Result {
    let status: Int32
    let output: Data
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }
    var lines: [Substring] { text.split(separator: "\n") }

    /// Every line of the output as a JSON object.
    func objects() throws -> [[String: Any]] {
      try output.split(separator: 0x0A).map {
        try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
      }
    }
  }

  /// SINF_PROGRAM is the command (words separated by spaces) for another build of the program, such
  /// as "qemu-aarch64-static path/sinf"; without it, the one that was built beside the tests.
  static let command: [String] = {
    let words = ProcessInfo.processInfo.environment["SINF_PROGRAM"] ?? ""
    if !words.isEmpty { return words.split(separator: " ").map(String.init) }
    let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folders = [tests, CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") })]
      .compactMap { $0 }.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
    let candidates = folders.map { $0.appendingPathComponent("sinf").path }
    return [candidates.first(where: FileManager.default.isExecutableFile(atPath:)) ?? "sinf"]
  }()

  /// Runs the program; it is killed after a minute.
  static func run(
    _ arguments: [String], input: Data? = nil, environment: [String: String] = [:],
    shell: String? = nil
  ) throws -> Result {
    let process = Process()
    if let shell {
      // For redirections and descriptors that Process cannot make; "$@" is the program's command.
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", shell, "sh"] + command + arguments
    } else {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = command + arguments
    }
    var variables = ProcessInfo.processInfo.environment
    variables["SINF_MODEL"] = nil
    variables.merge(environment) { $1 }
    process.environment = variables
    let folder = try TemporaryFolder()
    let output = folder.path + "/output"
    let errors = folder.path + "/errors"
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    _ = FileManager.default.createFile(atPath: errors, contents: nil)
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    let stream = folder.path + "/input"
    _ = FileManager.default.createFile(atPath: stream, contents: input ?? Data())
    process.standardInput = FileHandle(forReadingAtPath: stream)
    try process.run()
    let watchdog = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: watchdog)
    process.waitUntilExit()
    watchdog.cancel()
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -1,
      output: try Data(contentsOf: URL(fileURLWithPath: output)),
      errors: String(
        decoding: try Data(contentsOf: URL(fileURLWithPath: errors)), as: UTF8.self))
  }

  /// `sinf classify` with the tiny model.
  static func classify(
    _ arguments: [String], input: Data? = nil, shell: String? = nil
  ) throws -> Result {
    try run(["classify", "--model", tinyModel] + arguments, input: input, shell: shell)
  }

  /// The sample, of 100 classes.
  static let sampleModel = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("samples/cifar100.sinf").path

  /// The golden file of the format's tests: 4 classes, 2 clusters, 4 x 4 pixels.
  static let tinyModel = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("SINFModelTests/Golden/tiny-v1.sinf").path
}
