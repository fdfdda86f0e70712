import SINFGraph

/// The graphs that one model file holds, in float.
///
/// With clusters, `features` reads the image and its output, the features, is the input of every
/// other part. A plain network has `whole` alone, which then reads the image. A part's own
/// numbering of values doesn't matter to the others.
public struct NetworkParts: Sendable {
  /// Common feature extractor: image to features. Nil for a plain network.
  public var features: Graph?
  /// Route predictor: features to one logit a class.
  public var route: Graph?
  /// One a cluster: features to the logits of the cluster's rows.
  public var subgraphs: [Graph]
  /// Rest of the whole network: features (plain: the image) to one logit a class.
  public var whole: Graph

  public init(features: Graph, route: Graph, subgraphs: [Graph], whole: Graph) {
    self.features = features
    self.route = route
    self.subgraphs = subgraphs
    self.whole = whole
  }

  /// A network without clusters.
  public init(plain whole: Graph) {
    features = nil
    route = nil
    subgraphs = []
    self.whole = whole
  }

  /// All parts in the order in which they run, `Part` saying which is which.
  public var all: [(part: Part, graph: Graph)] {
    var result: [(Part, Graph)] = []
    if let features { result.append((.features, features)) }
    if let route { result.append((.route, route)) }
    result += subgraphs.enumerated().map { (.subgraph($0.offset), $0.element) }
    result.append((.whole, whole))
    return result
  }

  public enum Part: Hashable, Sendable, CustomStringConvertible {
    case features
    case route
    case subgraph(Int)
    case whole

    public var description: String {
      switch self {
      case .features: "features"
      case .route: "route"
      case .subgraph(let cluster): "subgraph \(cluster)"
      case .whole: "whole"
      }
    }
  }
}
