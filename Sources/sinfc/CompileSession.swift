import Foundation
import SINFCompiler

/// What the commands that compile have in common: network, images and options read and joined.
struct CompileSession {
  let compilation: Compilation
  /// The command line, for reports.
  let command: String
  private let network: String

  /// What `compile` alone asks for.
  struct Wishes {
    /// No clusters, so that nothing is fitted to classes.
    var plain = false
    var minimumPrecision: Double?
    var keepsClasses = false
    /// Pictures that calibrate in place of labelled images.
    var calibration: String?
  }

  init(
    network: String, data: String, input: InputOptions, method: MethodOptions,
    preflight: PreflightOptions, wishes: Wishes = Wishes(), reporter: TerminalReporter
  ) throws {
    self.network = network
    var base = try input.base(network, reporter: reporter)
    var images = try input.images(data, for: base, reporter: reporter)
    if wishes.keepsClasses {
      (base, images) = try ProgramError.naming(network) { try base.keepingPresent(in: images) }
      reporter.note("the model has the \(images.classCount) classes alone that the images show")
    }
    var options = try method.options(for: images)
    options.minimumPrecision = wishes.minimumPrecision
    let split = DataSplit(of: images, seed: options.seed)
    try split.checkParts(of: images, path: data, partial: wishes.plain)
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
    let unlabelled = try wishes.calibration.map {
      try input.unlabelled($0, for: base, reporter: reporter)
    }
    command = Self.commandLine
    compilation = try Self.compilation(
      network, base, images, split, options, unlabelled: unlabelled, reporter)
  }

  /// A session of pictures without labels alone.
  init(
    network: String, calibration: String, input: InputOptions, method: MethodOptions,
    reporter: TerminalReporter
  ) throws {
    self.network = network
    guard input.normalization != .auto else {
      throw UnsuitableOption(
        "--normalization auto needs labelled images (--data) to see what the network does best with"
      )
    }
    let base = try input.base(network, reporter: reporter)
    let images = try input.unlabelled(calibration, for: base, reporter: reporter)
    for remark in images.remarks(labelled: false) { reporter.note(remark) }
    var options = CompileOptions()
    options.seed = method.seed
    let split = DataSplit(of: images, seed: options.seed)
    guard !split.test.isEmpty else {
      throw DatasetError(
        calibration, "\(images.count) pictures are too few to calibrate with and to look at others")
    }
    reporter.note(
      "nothing is known of labels, so nobody looks whether pictures reach the network as "
        + "in training: 'sinfc check' does with some that are labelled")
    command = Self.commandLine
    compilation = try Self.compilation(
      network, base, images, split, options, unlabelled: nil, reporter)
  }

  private static func compilation(
    _ network: String, _ base: BaseNetwork, _ images: LabelledImages, _ split: DataSplit,
    _ options: CompileOptions, unlabelled: LabelledImages?, _ reporter: TerminalReporter
  ) throws -> Compilation {
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
    if let unlabelled { digest.add(unlabelled.pixels) }
    if !images.choosingPart.isEmpty { digest.add(Array("\(images.choosingPart)".utf8)) }
    let sum = digest.finish()
    return try ProgramError.naming(network) {
      try Compilation(
        base: base, images: images, split: split, options: options, unlabelled: unlabelled,
        compilerVersion: "sinfc \(sinfcVersion)", inputDigest: sum, reporter: reporter)
    }
  }

  /// What a step of the compilation gives; its errors name the network.
  func naming<T>(_ step: () throws -> T) throws -> T { try ProgramError.naming(network, step) }

  static var commandLine: String {
    CommandLine.arguments.dropFirst().map(quoted).joined(separator: " ")
  }

  /// An argument as a shell takes it.
  private static func quoted(_ argument: String) -> String {
    let plain = argument.unicodeScalars.allSatisfy {
      CharacterSet.alphanumerics.contains($0) || "-_./,:=+@%".unicodeScalars.contains($0)
    }
    if plain && !argument.isEmpty { return argument }
    return "'" + argument.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
