import ArgumentParser
import Foundation
import SINFCompiler

/// How clusters are found and subgraphs extracted.
struct MethodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Semantic clusters: auto, a number, superclasses (of CIFAR-100), or a file with one cluster a "
        + "line: a name, a colon, and class names separated by commas.",
      valueName: "auto|K|superclasses|file"))
  var clusters = "auto"

  @Option(
    help: ArgumentHelp(
      "Points of top-1 accuracy that may be lost against the 8-bit base network.",
      valueName: "points"))
  var maxAccuracyLoss: Double?

  @Option(
    help: ArgumentHelp(
      "Share of the base network's multiply-accumulates that an image in its cluster's subgraph may "
        + "cost, instead of searching for the smallest.", valueName: "share"))
  var costShare: Double?

  @Option(
    help: ArgumentHelp(
      "Where to split the network: the name of a tensor. Without it the earliest place where routes "
        + "can be predicted.", valueName: "tensor"))
  var split: String?

  @Option(
    help: ArgumentHelp("Route accuracy that a split must allow, 0 to 1.", valueName: "share"))
  var routeAccuracy = 0.8

  @Option(
    help: ArgumentHelp(
      "Confidence that a route must reach, 0 to 1, instead of choosing it on validation images.",
      valueName: "probability"))
  var threshold: Double?

  @Flag(help: "Leave the whole network out of the file: no fallback for doubtful routes.")
  var noFallback = false

  @Flag(help: "No stop: no image ends at the route predictor.")
  var noStop = false

  @Option(
    help: ArgumentHelp(
      "Take the thin network and the route predictor that tools/tune/tune.py trained from this folder, "
        + "which 'sinfc thin' wrote.", valueName: "dir"))
  var tuned: String?

  @Flag(help: "Leave the layers before the split as they are.")
  var keepSharedLayers = false

  @Option(help: "Which filters go first: \(FilterScore.names).")
  var score: FilterScore = .reconstruction

  @Option(help: "What makes up for filters left out: \(Compensation.names).")
  var compensation: Compensation = .leastSquares

  @Option(help: "Seed of every random choice.")
  var seed: UInt64 = 1

  func validate() throws {
    func share(_ value: Double?, _ name: String) throws {
      if let value, !(value >= 0 && value <= 1) {
        throw ValidationError("\(name) goes from 0 to 1, not \(value)")
      }
    }
    try share(routeAccuracy, "--route-accuracy")
    try share(threshold, "--threshold")
    if let costShare, !(costShare > 0 && costShare <= 1) {
      throw ValidationError("--cost-share is above 0 and at most 1, not \(costShare)")
    }
    if let maxAccuracyLoss, !(maxAccuracyLoss >= 0 && maxAccuracyLoss <= 100) {
      throw ValidationError("--max-accuracy-loss goes from 0 to 100, not \(maxAccuracyLoss)")
    }
    if maxAccuracyLoss != nil && costShare != nil {
      throw ValidationError("--max-accuracy-loss and --cost-share exclude each other")
    }
  }

  /// The options for images whose superclasses or class names a cluster file may refer to.
  func options(for images: LabelledImages) throws -> CompileOptions {
    var options = CompileOptions()
    options.seed = seed
    options.clusters = try ClusterFile.source(clusters, images: images)
    if let costShare { options.goal = .costShare(costShare) }
    if let maxAccuracyLoss { options.goal = .accuracyLoss(maxAccuracyLoss) }
    options.splitName = split
    options.routeAccuracy = routeAccuracy
    options.threshold = threshold.map { Float($0) }
    options.hasFallback = !noFallback
    options.hasStops = !noStop
    if let tuned {
      let folder = TuneFolder(path: tuned)
      options.tuned = try folder.network()
      options.splitName = try split ?? folder.split()
    }
    options.thinsSharedLayers = !keepSharedLayers
    options.extraction.score = score
    options.extraction.compensation = compensation
    return options
  }
}

extension FilterScore: ExpressibleByArgument {
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension Compensation: ExpressibleByArgument {
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
