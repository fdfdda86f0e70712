import SINFGraph

/// Rewrites a part into a graph of the same function whose every operation the runtime has a form
/// for:
///
/// - what doesn't lead to the output goes;
/// - an image that is read by something other than convolutions gets quantised first, by a 1x1
///   convolution that does nothing else;
/// - logits come straight from a convolution without activation (only convolutions make float32).
struct GraphPreparation {
  let part: NetworkParts.Part
  let readsImage: Bool
  let makesLogits: Bool

  func prepare(_ original: Graph) throws -> Graph {
    try original.check()
    var graph = original
    graph.removeUnused()
    guard !graph.nodes.isEmpty else {
      throw LoweringError("the \(part) part has no operation: its output is its input")
    }
    if readsImage { quantizeImage(&graph) }
    if makesLogits { try endInConvolution(&graph) }
    try graph.check()
    return graph
  }

  private func quantizeImage(_ graph: inout Graph) {
    let readers = graph.consumers(of: graph.input).filter { index in
      if case .convolution = graph.nodes[index].operation { return false }
      return true
    }
    if !readers.isEmpty {
      graph.insertIdentity(behind: graph.input, for: readers, depthwise: true)
    }
  }

  private func endInConvolution(_ graph: inout Graph) throws {
    let shape = graph[graph.output].shape
    guard shape.pixels == 1 else {
      throw LoweringError(
        "the \(part) part ends in '\(graph[graph.output].name)' of \(shape); logits are 1x1")
    }
    let producer = graph.nodes[graph.producer(of: graph.output)!]
    if case .convolution(let conv) = producer.operation, conv.activation == .none,
      conv.groups == 1, graph.consumers(of: graph.output).isEmpty
    {
      return
    }
    graph.appendIdentity()
  }
}

extension Convolution {
  /// A 1x1 convolution that changes nothing.
  static func identity(_ channels: Int, depthwise: Bool) -> Convolution {
    let isDepthwise = depthwise && channels > 1
    var weights = [Float](repeating: isDepthwise ? 1 : 0, count: channels)
    if !isDepthwise {
      weights = [Float](repeating: 0, count: channels * channels)
      for c in 0..<channels { weights[c * channels + c] = 1 }
    }
    return Convolution(
      inputChannels: channels, outputChannels: channels, kernelHeight: 1, kernelWidth: 1,
      groups: isDepthwise ? channels : 1, weights: weights,
      bias: [Float](repeating: 0, count: channels))
  }
}

extension Graph {
  /// Drops nodes whose results never reach the output.
  mutating func removeUnused() {
    var needed: Set<ValueID> = [output]
    var kept: [Node] = []
    for node in nodes.reversed() where needed.contains(node.output) {
      needed.formUnion(node.inputs)
      kept.append(node)
    }
    nodes = kept.reversed()
  }

  /// Makes the nodes `readers` read a copy of `value` that an identity convolution makes.
  mutating func insertIdentity(behind value: ValueID, for readers: [Int], depthwise: Bool) {
    let copy = ValueID(values.count)
    values.append(Value(name: self[value].name + ".copy", shape: self[value].shape))
    for reader in readers {
      nodes[reader].inputs = nodes[reader].inputs.map { $0 == value ? copy : $0 }
    }
    let node = Node(
      name: self[copy].name,
      operation: .convolution(.identity(self[value].shape.channels, depthwise: depthwise)),
      inputs: [value], output: copy)
    nodes.insert(node, at: producer(of: value).map { $0 + 1 } ?? 0)
  }

  /// Makes an identity convolution the last operation.
  mutating func appendIdentity() {
    let last = output
    output = ValueID(values.count)
    values.append(Value(name: self[last].name + ".copy", shape: self[last].shape))
    nodes.append(
      Node(
        name: self[output].name,
        operation: .convolution(.identity(self[last].shape.channels, depthwise: false)),
        inputs: [last], output: output))
  }
}
