import Foundation
import TestPrograms
import Testing

/// The program under test, run as users run it.
enum Program {
  typealias Result = Run

  /// SINF_PROGRAM is the command (words separated by spaces) for another build of the program, such
  /// as "qemu-aarch64-static path/sinf"; without it, the one that was built beside the tests.
  static let command: [String] = {
    let words = ProcessInfo.processInfo.environment["SINF_PROGRAM"] ?? ""
    if !words.isEmpty { return words.split(separator: " ").map(String.init) }
    return [builtProgram("sinf")]
  }()

  /// Runs the program; it is killed after a minute.
  static func run(
    _ arguments: [String], input: Data? = nil, environment: [String: String] = [:],
    shell: String? = nil
  ) throws -> Result {
    // A shell for redirections and descriptors that a test wants; "$@" is the program's command.
    let before = shell.map { ["/bin/sh", "-c", $0, "sh"] } ?? []
    var variables = ProcessInfo.processInfo.environment
    variables["SINF_MODEL"] = nil
    variables.merge(environment) { $1 }
    return try Run(
      before + command + arguments, input: input ?? Data(), environment: variables)
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

extension Run {
  var lines: [Substring] { text.split(separator: "\n") }

  /// Every line of the output as a JSON object.
  func objects() throws -> [[String: Any]] {
    try output.split(separator: 0x0A).map {
      try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
    }
  }
}
