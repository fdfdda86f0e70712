import Foundation
import SINFCompiler

/// What the commands that compile have in common: network, images and options read and joined.
struct CompileSession {
  var compilation: Compilation
  /// The command line, for reports.
  var command: String

  init(
    network: String, data: String, input: InputOptions, method: MethodOptions,
    reporter: TerminalReporter
  ) throws {
    let base = try input.base(network, reporter: reporter)
    let images = try input.images(data, for: base, reporter: reporter)
    let options = try method.options(for: images)
    let split = DataSplit(of: images, seed: options.seed)
    reporter.note(
      "\(split.fit.count) images fit, \(split.validation.count) choose, \(split.test.count) report "
        + "(\(split.origin))")
    command = CommandLine.arguments.dropFirst().joined(separator: " ")
    var digest = InputDigest()
    digest.add(try [UInt8](Data(contentsOf: URL(fileURLWithPath: network))))
    digest.add(images.pixels)
    digest.add(images.labels.flatMap { withUnsafeBytes(of: UInt32($0).littleEndian, Array.init) })
    digest.add(Array("\(base.preprocessing) \(base.normalization) \(options)".utf8))
    compilation = try Compilation(
      base: base, images: images, split: split, options: options,
      compilerVersion: "sinfc \(sinfcVersion)", inputDigest: digest.finish(), reporter: reporter)
  }
}
