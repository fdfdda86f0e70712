import SINFGraph

/// By how much what the device stores for a layer's output differs from float32, errors of the layers
/// before it included.
public struct LayerError: Sendable, Equatable {
  /// Of the output.
  public var name: String
  /// Root of the mean square of the error, as a share of that of the values.
  public var relative: Double
}

/// The float network beside a quantised pass, on some of its images.
struct LayerErrors {
  private let graph: Graph
  private let indices: [Int]
  private var floats: [ValueID: Tensor]
  private(set) var layers: [LayerError] = []

  /// Images that are compared.
  private static let images = 16

  /// - Parameter input: what the float network reads, one entry an image of the pass.
  init(_ graph: Graph, input: Tensor) {
    self.graph = graph
    let count = min(Self.images, input.count)
    indices = (0..<count).map { $0 * input.count / count }
    floats = [graph.input: input.images(at: indices)]
  }

  /// Runs one node in float and compares what comes out with `stored`; nil for logits, which stay
  /// float. Values in `spent` are not needed any more.
  mutating func add(_ node: Node, stored: QuantizedTensor?, spent: [ValueID]) throws {
    let executor = FloatExecutor(
      Graph(values: graph.values, nodes: [node], input: node.inputs[0], output: node.output))
    let given = Dictionary(
      node.inputs.map { ($0, floats[$0]!) }, uniquingKeysWith: { first, _ in first })
    let float = try executor.run(from: given, to: [node.output])[node.output]!
    floats[node.output] = float
    for value in spent { floats[value] = nil }
    guard let stored else { return }
    let real = stored.images(at: indices).tensor(0..<indices.count)
    var error = 0.0, power = 0.0
    for (a, b) in zip(real.storage, float.storage) {
      error += Double(a - b) * Double(a - b)
      power += Double(b) * Double(b)
    }
    layers.append(
      LayerError(
        name: graph[node.output].name, relative: power > 0 ? (error / power).squareRoot() : 0))
  }
}
