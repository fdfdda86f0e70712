import SINFGraph

/// A graph from which whole channels have been left out. Values and nodes keep their numbers, so
/// that a thinned graph and its original can be walked side by side.
public struct ThinnedGraph: Sendable {
  public private(set) var graph: Graph
  /// The original's channels that each value still has, ascending.
  public private(set) var keptChannels: [[Int]]

  /// Nothing is left out yet.
  public init(_ original: Graph) {
    graph = original
    keptChannels = original.values.map { Array(0..<$0.shape.channels) }
  }

  /// Replaces the weights of convolution `node`, for example by re-fitted ones.
  mutating func setWeights(of node: Int, weights: [Float], bias: [Float]) {
    guard case .convolution(var conv) = graph.nodes[node].operation else {
      preconditionFailure("\(graph.nodes[node].name) has no weights")
    }
    precondition(weights.count == conv.weights.count && bias.count == conv.bias.count)
    conv.weights = weights
    conv.bias = bias
    graph.nodes[node].operation = .convolution(conv)
  }

  /// Leaves out some classes of `classes`, wherever their channels occur: rows and columns of
  /// the weights are gathered, nothing is re-fitted. Returns, for every value that lost channels,
  /// the positions (before the call) that stay.
  ///
  /// - Precondition: no class is fixed, and every value keeps at least one channel.
  @discardableResult
  mutating func leaveOut(_ removed: Set<Int>, of classes: ChannelClasses) -> [ValueID: [Int]] {
    precondition(removed.allSatisfy { !classes.isFixed[$0] }, "a fixed class cannot be left out")
    var staying: [ValueID: [Int]] = [:]
    for v in keptChannels.indices {
      let kept = keptChannels[v]
      let positions = kept.indices.filter { !removed.contains(classes.classOf[v][kept[$0]]) }
      if positions.count == kept.count { continue }
      precondition(!positions.isEmpty, "no channel of \(graph.values[v].name) would be left")
      staying[ValueID(v)] = positions
      keptChannels[v] = positions.map { kept[$0] }
      graph.values[v].shape.channels = positions.count
    }
    for (n, node) in graph.nodes.enumerated() {
      guard case .convolution(let conv) = node.operation else { continue }
      let inputs = staying[node.inputs[0]], outputs = staying[node.output]
      if inputs == nil && outputs == nil { continue }
      graph.nodes[n].operation = .convolution(
        conv.gathered(
          inputs: inputs ?? Array(0..<conv.inputChannels),
          outputs: outputs ?? Array(0..<conv.outputChannels)))
    }
    return staying
  }
}

extension Convolution {
  /// The convolution restricted to some input and output channels. For a depthwise convolution
  /// both lists are the same; other grouped convolutions keep all channels.
  func gathered(inputs: [Int], outputs: [Int]) -> Convolution {
    if inputs.count == inputChannels && outputs.count == outputChannels { return self }
    precondition(groups == 1 || isDepthwise, "a grouped convolution keeps its channels")
    var result = self
    result.inputChannels = inputs.count
    result.outputChannels = outputs.count
    result.bias = outputs.map { bias[$0] }
    if isDepthwise {
      result.groups = inputs.count
      result.weights = outputs.flatMap { weights[$0 * taps..<($0 + 1) * taps] }
      return result
    }
    let pixels = kernelHeight * kernelWidth
    var gathered: [Float] = []
    gathered.reserveCapacity(outputs.count * pixels * inputs.count)
    for o in outputs {
      for p in 0..<pixels {
        let row = (o * pixels + p) * inputChannels
        for i in inputs { gathered.append(weights[row + i]) }
      }
    }
    result.weights = gathered
    return result
  }
}

extension Graph {
  /// The graph with every fused activation of a convolution as a node of its own, and for each
  /// convolution (by its output in this graph) the value before the activation. Existing values
  /// keep their numbers; new ones come after them.
  func separatingActivations() -> (graph: Graph, beforeActivation: [ValueID: ValueID]) {
    var result = self
    result.nodes = []
    var before: [ValueID: ValueID] = [:]
    for node in nodes {
      guard case .convolution(var conv) = node.operation, conv.activation != .none else {
        result.nodes.append(node)
        if case .convolution = node.operation { before[node.output] = node.output }
        continue
      }
      let linear = ValueID(result.values.count)
      result.values.append(Value(name: node.name + ".linear", shape: self[node.output].shape))
      let activation = conv.activation
      conv.activation = .none
      result.nodes.append(
        Node(
          name: node.name, operation: .convolution(conv), inputs: node.inputs, output: linear))
      result.nodes.append(
        Node(
          name: node.name + ".activation", operation: .activation(activation), inputs: [linear],
          output: node.output))
      before[node.output] = linear
    }
    return (result, before)
  }
}
