/// Where the semantic clusters come from.
public enum ClusterSource: Sendable {
  /// Found from the network's own features; nil lets the compiler choose how many.
  case automatic(count: Int?)
  /// Given by the user or by the data set.
  case given(ClusterMap)
}

/// What a compilation aims at.
public enum CompileGoal: Sendable, Equatable {
  /// As few multiply-accumulates as the loss of accuracy (points in 0...100 on validation images,
  /// against the int8 base network) allows.
  case accuracyLoss(Double)
  /// This share (0...1] of the base network's multiply-accumulates for an image that takes its
  /// cluster's subgraph.
  case costShare(Double)
}

/// How a network is compiled.
public struct CompileOptions: Sendable {
  public var seed: UInt64 = 1
  public var clusters: ClusterSource = .automatic(count: nil)
  public var goal: CompileGoal = .accuracyLoss(3)
  /// The name of the value to split at; nil for the earliest at which routes can be predicted.
  public var splitName: String?
  /// Route accuracy that the split must allow, 0...1.
  public var routeAccuracy = 0.8
  /// Whether layers before the split are thinned too, for all clusters together.
  public var thinsSharedLayers = true
  /// Whether the file holds the whole network for images whose route is not trusted.
  public var hasFallback = true
  /// A class that is not a member gets a row in a cluster when at least this share of its images
  /// is routed there; above 1 for members only.
  public var visitorShare = 0.02
  /// Side of the pooled features that the route predictor reads.
  public var routePooledSide = 4
  /// Whether images may end at the route predictor, where it is sure.
  public var hasStops = true
  /// A thin network and its predictor that were trained from the base network, in place of what is
  /// extracted from it.
  public var tuned: TunedNetwork?
  /// Weight of the predictor's class scores in the final ones; nil to choose on validation images.
  public var scoreWeight: Float?
  /// A fixed confidence threshold; nil to choose on validation images.
  public var threshold: Float?
  /// How often the labels that are given are to be right, 0...1: the file's minimum share is chosen for it.
  /// Nil for a file that says nothing of it.
  public var minimumPrecision: Double?
  public var extraction = ExtractionSettings()
  /// Images of the fit part, at most, for the route predictor, for least squares (in all, and for
  /// each subgraph), and for calibrating activations.
  public var routeImages = 25_000
  public var sharedImages = 3_000
  public var subgraphImages = 2_000
  public var calibrationImages = 1_000

  public init() {}
}
