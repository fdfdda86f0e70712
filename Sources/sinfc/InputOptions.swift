import ArgumentParser
import Foundation
import ONNXImporter
import SINFCompiler
import SINFGraph
import SINFModel

/// What a network was trained to see: size comes from the network where it says it, the rest from
/// here.
struct InputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Width and height of the network's input, where its file leaves them open.",
      valueName: "widthxheight"))
  var inputSize: InputSize?

  @Option(
    help: ArgumentHelp(
      "Mean of each channel, on the scale of 0 to 1, separated by commas.", valueName: "m,m,m"))
  var mean: String?

  @Option(
    help: ArgumentHelp(
      "Standard deviation of each channel, separated by commas.", valueName: "s,s,s"))
  var std: String?

  @Option(help: "Mean and deviation by name: \(Normalization.names).")
  var normalization: Normalization = .unit

  @Option(help: "Order of the colours in the network's input: rgb or bgr.")
  var colorOrder: ColorOrder = .rgb

  @Option(
    help: "How a picture is fitted: cover (largest centred part of the right shape) or stretch.")
  var fit: Fit = .cover

  @Option(
    help: ArgumentHelp(
      "Share of the fitted part that is kept around its centre, 0.001 to 1: 0.875 for \"resize to "
        + "256, crop 224\".", valueName: "share"))
  var crop: Double = 1

  @Option(
    help: ArgumentHelp(
      "A text file that says what the network's outputs are: one class name a line, in their order, "
        + "folders of that class behind a tabulator where they are called otherwise; or lines 'folder "
        + "= number', numbers of outputs from 0.",
      valueName: "file"))
  var classes: String?

  enum Normalization: String, ExpressibleByArgument, CaseIterable {
    case unit, bytes, centered, imagenet, cifar10, cifar100
    /// The one that the network does best with.
    case auto
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
  }

  enum ColorOrder: String, ExpressibleByArgument, CaseIterable { case rgb, bgr }
  enum Fit: String, ExpressibleByArgument, CaseIterable { case cover, stretch }

  func validate() throws {
    guard crop >= 0.001 && crop <= 1 else {
      throw ValidationError("--crop is a share from 0.001 to 1, not \(crop)")
    }
    guard (mean == nil) == (std == nil) else {
      throw ValidationError("--mean and --std go together")
    }
    if mean != nil && normalization == .auto {
      throw ValidationError("--normalization auto and --mean exclude each other")
    }
    if let mean { _ = try numbers(mean, "--mean") }
    if let std, let bad = try numbers(std, "--std").first(where: { $0 <= 0 }) {
      throw ValidationError("--std: a deviation is above 0, not \(bad)")
    }
  }

  /// Reads the network and joins it with what the options say about its input.
  func base(_ path: String, reporter: TerminalReporter) throws -> BaseNetwork {
    reporter.begin("reading \(path)")
    if let advice = ONNXImporter.advice(folder: path) { throw Failure(path, advice) }
    try FileInput.check(path)
    let network = try ONNXImporter.load(path: path, size: inputSize)
    for warning in network.warnings { reporter.note("warning: \(path): \(warning)") }
    let input = network.graph[network.graph.input].shape
    guard input.channels == 1 || input.channels == 3 else {
      throw Failure(path, "the input has \(input.channels) channels; pictures have 1 or 3")
    }
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    return BaseNetwork(
      name: name, graph: network.graph,
      preprocessing: Preprocessing(
        width: UInt16(input.width), height: UInt16(input.height), channels: UInt8(input.channels),
        colorOrder: input.channels == 1 ? .grey : colorOrder == .rgb ? .rgb : .bgr,
        fit: fit == .cover ? .cover : .stretch, cropPermille: UInt16((crop * 1000).rounded())),
      normalization: try inputNormalization(channels: input.channels))
  }

  private func inputNormalization(channels: Int) throws -> InputNormalization {
    guard let mean, let std else {
      // Where it is to be chosen, the choice replaces this one.
      let preset = NormalizationPreset(rawValue: normalization.rawValue) ?? .unit
      guard let values = preset.normalization(channels: channels) else {
        throw UnsuitableOption(
          "--normalization \(normalization.rawValue) is for 3 channels, the network has \(channels)"
        )
      }
      return values
    }
    let means = try numbers(mean, "--mean"), deviations = try numbers(std, "--std")
    guard means.count == channels && deviations.count == channels else {
      throw UnsuitableOption(
        "the network has \(channels) channels; --mean has \(means.count) numbers, --std has "
          + "\(deviations.count)")
    }
    return try InputNormalization(mean: means, std: deviations)
  }

  private func numbers(_ text: String, _ option: String) throws -> [Float] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let value = Float($0.trimmingCharacters(in: .whitespaces)), value.isFinite else {
        throw ValidationError("\(option): '\($0)' is not a number")
      }
      return value
    }
  }

  /// What `--classes` says, if given.
  func classList(outputs: Int, labels: [String]? = nil) throws -> ClassList? {
    try classes.map { try ClassList.load($0, outputs: outputs, labels: labels) }
  }

  /// Reads the labelled images in the form that the network takes.
  func images(
    _ path: String, for base: BaseNetwork, reporter: TerminalReporter
  ) throws -> LabelledImages {
    reporter.begin("reading \(path)")
    let images = try Dataset.load(
      path, preprocessing: base.preprocessing, classes: try classList(outputs: base.outputCount)
    ) { done, total in reporter.advance(Double(done) / Double(max(total, 1))) }
    Self.note(images, reporter)
    return images
  }

  /// Reads pictures without labels in the form that the network takes.
  func unlabelled(
    _ path: String, for base: BaseNetwork, reporter: TerminalReporter
  ) throws -> LabelledImages {
    reporter.begin("reading \(path)")
    let names =
      try classList(outputs: base.outputCount)?.names
      ?? (0..<base.outputCount).map { "output \($0)" }
    let images = try Dataset.unlabelled(
      path, preprocessing: base.preprocessing, classNames: names
    ) { done, total in reporter.advance(Double(done) / Double(max(total, 1))) }
    reporter.note("\(images.count) pictures without labels")
    return images
  }

  /// Tells how many images there are, which files gave none, and what is unusual about the others.
  static func note(_ images: LabelledImages, _ reporter: TerminalReporter) {
    reporter.note("\(images.count) images of \(images.presentClasses.count) classes")
    for remark in images.remarks { reporter.note(remark) }
  }
}

extension InputSize: ExpressibleByArgument {
  /// From "224x224"; nil for anything else, and for sizes below 1 or above 65535.
  public init?(argument: String) {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1],
      (1...65535).contains(width), (1...65535).contains(height)
    else { return nil }
    self.init(width: width, height: height)
  }
}
