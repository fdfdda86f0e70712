/// What the times of `sinf bench` are times of.
enum Stage: Int, Named {
  // The way of a picture. Every one that ran counts once.
  case read, decode, preprocess, handover, features, route, subgraph, fallback, whole
  /// The network's stages together, from input to logits.
  case network
  /// All stages together.
  case total
  /// The whole network from input to logits, without a route, run in turn with the routed one.
  case base

  static let count = 12

  /// The key in JSON.
  var name: StaticString {
    switch self {
    case .read: "read"
    case .decode: "decode"
    case .preprocess: "preprocess"
    case .handover: "handover"
    case .features: "features"
    case .route: "route"
    case .subgraph: "subgraph"
    case .fallback: "fallback"
    case .whole: "whole"
    case .network: "network"
    case .total: "total"
    case .base: "base_network"
    }
  }

  /// For people.
  var title: StaticString {
    switch self {
    case .features: "CFE"
    case .base: "whole network"
    default: name
    }
  }

  /// Whether it is one of the parts that make up `total`.
  var isPart: Bool { rawValue < Stage.network.rawValue }
}
