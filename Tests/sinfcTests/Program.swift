import Foundation
import Testing

/// The programs under test, run as users run them: those that were built beside the tests.
enum Program {
  struct Result {
    let status: Int32
    /// The signal that ended the program, 0 for none.
    let signal: Int32
    let text: String
    let errors: String

    /// The last line of the output as a JSON object.
    func object() throws -> [String: Any] {
      let line = try #require(text.split(separator: "\n").last)
      return try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  static func path(of name: String) -> String {
    let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folders = [tests, CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") })]
      .compactMap { $0 }.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
    let candidates = folders.map { $0.appendingPathComponent(name).path }
    return candidates.first(where: FileManager.default.isExecutableFile(atPath:)) ?? name
  }

  static func sinfc(_ arguments: [String], environment: [String: String] = [:]) throws -> Result {
    try run("sinfc", arguments, environment: environment)
  }

  /// Runs a program; it is killed after five minutes, or asked to end (SIGTERM, because shells make
  /// background jobs ignore SIGINT) as soon as its messages hold `interruptAt`.
  static func run(
    _ name: String, _ arguments: [String], environment: [String: String] = [:],
    interruptAt: String? = nil
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [path(of: name)] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let folder = try TemporaryFolder()
    let output = try folder.write("output", "")
    let errors = try folder.write("errors", "")
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    process.standardInput = FileHandle.nullDevice
    // Tests run on threads that block signals, and programs inherit what is blocked.
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    try process.run()
    let end = Date() + 300
    var isInterrupted = false
    while process.isRunning {
      if Date() > end { process.terminate() }
      if let interruptAt, !isInterrupted, try folder.read("errors").contains(interruptAt) {
        process.terminate()
        isInterrupted = true
      }
      usleep(20_000)
    }
    let isSignalled = process.terminationReason == .uncaughtSignal
    return Result(
      status: isSignalled ? -1 : process.terminationStatus,
      signal: isSignalled ? process.terminationStatus : 0, text: try folder.read("output"),
      errors: try folder.read("errors"))
  }
}
