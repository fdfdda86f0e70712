import SINFModel
import SINFModelWriter

/// A model file in memory and everything that a report says about how it came about.
public struct CompiledModel: Sendable {
  public var file: [UInt8]
  public var description: ModelDescription
  public var plan: RoutePlan?
  /// Filters kept of each dependency group in every cluster's path.
  public var keptFilters: [KeptFilters]
  /// What 8 bits cost from the image to the fallback's scores, layer by layer.
  public var layerErrors: [LayerError]
  /// On validation images: what every threshold would give, and which was chosen.
  public var sweep: [RoutedSummary]
  public var chosen: RoutedSummary?
  /// Whether the goal was reached on validation images.
  public var reachesGoal: Bool
  /// By the shipped runtime.
  public var validation: ModelRun
  public var test: ModelRun?
  /// The minimum share that the file holds, where a precision was asked for.
  public var precision: PrecisionChoice?
  /// The int8 base network's accuracy on validation images.
  public var baseValidationAccuracy: Double
  /// Milliseconds of its paths on this machine.
  public var times: PathTimes
  /// On validation images: everything that was tried, this model and the base network among it.
  public var candidates: [OperatingCandidate] = []
}

/// How many filters of layers that stand and fall together are left.
public struct KeptFilters: Sendable, Equatable {
  /// Of the first of the layers.
  public var name: String
  public var kept: Int
  public var of: Int
}

extension CompiledModel {
  /// The cheaper of two models that reach the goal, the more accurate of two that don't, both on
  /// validation images.
  func isBetter(than other: CompiledModel) -> Bool {
    guard let mine = chosen, let theirs = other.chosen else { return chosen != nil }
    if reachesGoal != other.reachesGoal { return reachesGoal }
    return reachesGoal
      ? mine.meanMultiplyAccumulates < theirs.meanMultiplyAccumulates
      : mine.accuracy > theirs.accuracy
  }
}

/// The unthinned network in int8: what every loss and saving is measured against.
public struct CompiledBase: Sendable {
  public var file: [UInt8]
  public var description: ModelDescription
  public var validation: ModelRun
  public var test: ModelRun
  public var floatTestAccuracy: Double
  /// Which test images the float network names right.
  public var floatIsRight: [Bool]
  /// What 8 bits cost, layer by layer.
  public var layerErrors: [LayerError]
  public var times: PathTimes
  public var floatTestEstimate: Estimate { Estimate(floatTestAccuracy, of: test.count) }
  /// The minimum share that the file holds, where a precision was asked for.
  public var precision: PrecisionChoice?
}
