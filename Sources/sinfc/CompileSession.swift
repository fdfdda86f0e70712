import Foundation
import SINFCompiler

/// What the commands that compile have in common: network, images and options read and joined.
struct CompileSession {
  let compilation: Compilation
  /// The command line, for reports.
  let command: String
  private let network: String

  init(
    network: String, data: String, input: InputOptions, method: MethodOptions,
    preflight: PreflightOptions, minimumPrecision: Double? = nil, reporter: TerminalReporter
  ) throws {
    self.network = network
    var base = try input.base(network, reporter: reporter)
    var images = try input.images(data, for: base, reporter: reporter)
    var options = try method.options(for: images)
    options.minimumPrecision = minimumPrecision
    let split = DataSplit(of: images, seed: options.seed)
    try split.checkParts(of: images, path: data)
    reporter.note(
      "\(split.fit.count) images fit, \(split.validation.count) choose, \(split.test.count) report "
        + "(\(split.origin))")
    let seen = try ProgramError.naming(network) {
      try input.preflight(
        base, images, data: data, split: split, seed: options.seed, reporter: reporter)
    }
    if let problem = UnlikelyInput(network, seen, advice: ", or --force to go on as it is") {
      guard preflight.force else { throw problem }
      reporter.note("warning: \(network): \(seen.text)")
    } else {
      reporter.note(seen.text)
    }
    input.adopt(seen, base: &base, images: &images)
    command = CommandLine.arguments.dropFirst().map(Self.quoted).joined(separator: " ")
    var digest = InputDigest()
    digest.add(try [UInt8](Data(contentsOf: URL(fileURLWithPath: network))))
    // Weights may lie in files of their own.
    for case .convolution(let conv) in base.graph.nodes.map(\.operation) {
      digest.add(conv.weights.withUnsafeBytes { Array($0) })
    }
    digest.add(images.pixels)
    digest.add(images.labels.flatMap { withUnsafeBytes(of: UInt32($0).littleEndian, Array.init) })
    digest.add(Array("\(images.classNames) \(images.testPart)".utf8))
    digest.add(Array("\(base.preprocessing) \(base.normalization) \(options)".utf8))
    let sum = digest.finish()
    compilation = try ProgramError.naming(network) {
      try Compilation(
        base: base, images: images, split: split, options: options,
        compilerVersion: "sinfc \(sinfcVersion)", inputDigest: sum, reporter: reporter)
    }
  }

  /// What a step of the compilation gives; its errors name the network.
  func naming<T>(_ step: () throws -> T) throws -> T { try ProgramError.naming(network, step) }

  /// An argument as a shell takes it.
  private static func quoted(_ argument: String) -> String {
    let plain = argument.unicodeScalars.allSatisfy {
      CharacterSet.alphanumerics.contains($0) || "-_./,:=+@%".unicodeScalars.contains($0)
    }
    if plain && !argument.isEmpty { return argument }
    return "'" + argument.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
