/// Which parts of the network an image is sent through.
public enum Mode: Equatable, Sendable {
  /// Features, route, then the best cluster's subgraph or, where the route isn't trusted, the whole
  /// network's rest. In a plain model the whole network.
  case routed
  /// Features and this cluster's subgraph, whatever the route would say; 0 ..< clusterCount.
  case cluster(Int)
  /// The whole network without a route.
  case whole
}

/// What a run did.
public struct Outcome: Equatable, Sendable {
  public enum Path: UInt8, Sendable {
    /// A cluster's subgraph.
    case subgraph
    /// The whole network's rest, because the route wasn't trusted.
    case fallback
    /// The whole network, because that was asked for or the model is plain.
    case whole
  }

  public var path: Path
  /// The cluster that was run or, on the fallback, the best one that wasn't trusted; -1 for
  /// `.whole`.
  public var cluster: Int
  /// The best cluster's probability, 0 ... 1; 0 where the route predictor didn't run.
  public var routeConfidence: Float
  /// Multiply-accumulates of the convolutions of all programs that ran, borders counted in full.
  public var macs: UInt64
  /// Time in the common feature extractor; 0 in a plain model.
  public var featuresNanoseconds: UInt64
  /// Time in the route predictor and its softmax; 0 where it didn't run.
  public var routeNanoseconds: UInt64
  /// Time in the subgraph or the whole network('s rest).
  public var restNanoseconds: UInt64

  public init(
    path: Path, cluster: Int = -1, routeConfidence: Float = 0, macs: UInt64 = 0,
    featuresNanoseconds: UInt64 = 0, routeNanoseconds: UInt64 = 0, restNanoseconds: UInt64 = 0
  ) {
    self.path = path
    self.cluster = cluster
    self.routeConfidence = routeConfidence
    self.macs = macs
    self.featuresNanoseconds = featuresNanoseconds
    self.routeNanoseconds = routeNanoseconds
    self.restNanoseconds = restNanoseconds
  }
}

/// A class and how probable the network holds it.
public struct Ranked: Equatable, Sendable {
  /// 0 ..< classCount.
  public var classIndex: Int
  /// Softmax over the logits of the program that ran, 0 ... 1.
  public var probability: Float

  public init(classIndex: Int, probability: Float) {
    self.classIndex = classIndex
    self.probability = probability
  }
}
