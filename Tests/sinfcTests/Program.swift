import Foundation
import TestPrograms
import Testing

/// The programs under test, run as users run them: those that were built beside the tests.
enum Program {
  typealias Result = Run

  static func sinfc(_ arguments: [String], environment: [String: String] = [:]) throws -> Result {
    try run("sinfc", arguments, environment: environment)
  }

  /// Runs a program; it is killed after five minutes, or asked to end (SIGTERM, because shells make
  /// background jobs ignore SIGINT) as soon as its messages hold `interruptAt`.
  static func run(
    _ name: String, _ arguments: [String], environment: [String: String] = [:],
    interruptAt: String? = nil
  ) throws -> Result {
    var isInterrupted = false
    return try Run(
      [builtProgram(name)] + arguments,
      environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }, seconds: 300
    ) { child, errors in
      guard let interruptAt, !isInterrupted, errors.contains(interruptAt) else { return }
      isInterrupted = true
      child.send(SIGTERM)
    }
  }
}

extension Run {
  /// The last line of the output as a JSON object.
  func object() throws -> [String: Any] {
    let line = try #require(text.split(separator: "\n").last)
    return try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }
}
