/// Which parts of the network an image is sent through.
public enum Mode: Equatable, Sendable {
  /// Features, route, then nothing where the predictor is sure enough (`Model.stopMargin`), else the
  /// best cluster's subgraph or, where the route isn't trusted, the whole network's rest. In a plain
  /// model the whole network.
  case routed
  /// Features and route, whose scores are the answer, however sure: the stop of this number,
  /// 1 ... `Model.stopCount`.
  case stop(Int)
  /// Features and this cluster's subgraph, whatever the route would say; 0 ..< clusterCount.
  case cluster(Int)
  /// The whole network without a route.
  case whole
}

/// What a run did.
public struct Outcome: Equatable, Sendable {
  /// The way that an image took, and what the route predictor said of it.
  public enum Route: Equatable, Sendable {
    /// The whole network, because that was asked for or the model is plain.
    case whole
    /// The route predictor's own answer, at the stop of this number, counted from 1: it was sure enough,
    /// or that was asked for. The cluster is the best one, and how probable.
    case stop(number: Int, cluster: Int, confidence: Float)
    /// The subgraph of this cluster, because that was asked for.
    case prescribed(cluster: Int)
    /// The subgraph of the best cluster, whose probability, 0 ... 1, was trusted.
    case subgraph(cluster: Int, confidence: Float)
    /// The whole network's rest, because the best cluster's probability, 0 ... 1, was not trusted.
    case fallback(cluster: Int, confidence: Float)
  }

  /// What ran, for reports.
  public enum Path: UInt8, Sendable {
    /// The route predictor's own answer: it was sure enough, or that was asked for.
    case stop
    /// A cluster's subgraph.
    case subgraph
    /// The whole network's rest, because the route wasn't trusted.
    case fallback
    /// The whole network, because that was asked for or the model is plain.
    case whole
  }

  public var route: Route
  /// By how much the probabilities of the predictor's first two classes differ, 0 ... 1; 0 where the
  /// predictor was not asked for a route.
  public internal(set) var margin: Float = 0
  /// Multiply-accumulates of the convolutions of all programs that ran, borders counted in full.
  public var macs: UInt64 = 0
  /// Time in the common feature extractor; 0 in a plain model.
  public var featuresNanoseconds: UInt64 = 0
  /// Time in the route predictor and its softmax; 0 where it didn't run.
  public var routeNanoseconds: UInt64 = 0
  /// Time in the subgraph or the whole network('s rest).
  public var restNanoseconds: UInt64 = 0

  init(_ route: Route) { self.route = route }

  public var path: Path {
    switch route {
    case .whole: .whole
    case .stop: .stop
    case .prescribed, .subgraph: .subgraph
    case .fallback: .fallback
    }
  }

  /// The stop that gave the answer, counted from 1; nil where the image ran to the end.
  public var stop: Int? {
    if case .stop(let number, _, _) = route { number } else { nil }
  }

  /// The cluster that was run or, at a stop and on the fallback, the best one.
  public var cluster: Int? {
    switch route {
    case .whole: nil
    case .prescribed(let cluster), .stop(_, let cluster, _), .subgraph(let cluster, _),
      .fallback(let cluster, _):
      cluster
    }
  }

  /// The best cluster's probability, 0 ... 1, where the predictor was asked for it.
  public var routeConfidence: Float? {
    switch route {
    case .whole, .prescribed: nil
    case .stop(_, _, let confidence), .subgraph(_, let confidence), .fallback(_, let confidence):
      confidence
    }
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
