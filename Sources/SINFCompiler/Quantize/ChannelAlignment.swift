import SINFGraph

/// Makes the operands of concatenations begin at multiples of four channels, as views of a
/// tensor must. Operands of other sizes, common after thinning, get channels that are always zero
/// added; whoever reads them gets zero weights.
struct ChannelAlignment {
  /// What each channel of a value is in the original: its index, or nil for an added zero.
  typealias Layout = [Int?]

  static func apply(to graph: inout Graph) throws {
    let needsWork = graph.nodes.contains { node in
      guard case .concat = node.operation else { return false }
      return node.inputs.contains { graph[$0].shape.channels % 4 != 0 }
    }
    guard needsWork else { return }
    // Other parts know input and output by their original channels.
    var alignment = try ChannelAlignment(graph)
    if !alignment.isUnchanged(graph.input) {
      graph.insertIdentity(
        behind: graph.input, for: graph.consumers(of: graph.input), depthwise: false)
      alignment = try ChannelAlignment(graph)
    }
    if !alignment.isUnchanged(graph.output) {
      graph.appendIdentity()
      alignment = try ChannelAlignment(graph)
    }
    alignment.rewrite(&graph)
  }

  private var parent: [Int]
  /// By root.
  private var layouts: [Int: Layout] = [:]

  private init(_ graph: Graph) throws {
    parent = Array(graph.values.indices)
    for node in graph.nodes where Self.keepsChannels(node.operation) {
      for input in node.inputs { join(input.index, node.output.index) }
    }
    for value in graph.values.indices {
      layouts[root(value)] = (0..<graph.values[value].shape.channels).map { $0 }
    }
    var madeBy: [Int: Int] = [:]
    // Each round settles at least one more concatenation of a chain.
    for _ in 0...graph.nodes.count {
      var changed = false
      for (index, node) in graph.nodes.enumerated() {
        guard case .concat = node.operation else { continue }
        var joined: Layout = []
        var original = 0
        for input in node.inputs {
          var layout = layouts[root(input.index)]!
          if layout.count % 4 != 0 {
            layout += Layout(repeating: nil, count: 4 - layout.count % 4)
            layouts[root(input.index)] = layout
            changed = true
          }
          joined += layout.map { channel in channel.map { $0 + original } }
          original += graph[input].shape.channels
        }
        let output = root(node.output.index)
        if layouts[output]! != joined {
          if let other = madeBy[output], other != index {
            throw LoweringError(
              "'\(node.name)' and '\(graph.nodes[other].name)' concatenate different numbers of"
                + " channels that are no multiples of four, and their results are added")
          }
          layouts[output] = joined
          changed = true
        }
        madeBy[output] = index
      }
      if !changed { return }
    }
    throw LoweringError("the concatenations of the network can't be aligned to four channels")
  }

  /// Whether channel c of the result is made of channels c of the operands.
  private static func keepsChannels(_ operation: Operation) -> Bool {
    switch operation {
    case .convolution(let conv): conv.isPlainDepthwise
    case .concat: false
    default: true
    }
  }

  private func root(_ index: Int) -> Int {
    var index = index
    while parent[index] != index { index = parent[index] }
    return index
  }

  private mutating func join(_ a: Int, _ b: Int) {
    let (a, b) = (root(a), root(b))
    if a != b { parent[max(a, b)] = min(a, b) }
  }

  private func layout(_ value: ValueID) -> Layout { layouts[root(value.index)]! }

  private func isUnchanged(_ value: ValueID) -> Bool {
    layout(value).enumerated().allSatisfy { $0.offset == $0.element }
  }

  private func rewrite(_ graph: inout Graph) {
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      guard case .convolution(let conv) = node.operation else { continue }
      let (input, output) = (layout(node.inputs[0]), layout(node.output))
      if isUnchanged(node.inputs[0]) && isUnchanged(node.output) { continue }
      graph.nodes[index].operation = .convolution(
        conv.isPlainDepthwise
          ? Self.spread(conv, outputs: output, inputs: [0])
          : Self.spread(conv.dense, outputs: output, inputs: input))
    }
    for index in graph.values.indices {
      graph.values[index].shape.channels = layout(ValueID(index)).count
    }
  }

  /// `conv` with its channels where the layouts say.
  private static func spread(_ conv: Convolution, outputs: Layout, inputs: Layout) -> Convolution {
    var result = conv
    result.outputChannels = outputs.count
    result.inputChannels = conv.isDepthwise ? outputs.count : inputs.count
    result.groups = conv.isDepthwise ? outputs.count : 1
    result.bias = outputs.map { $0.map { conv.bias[$0] } ?? 0 }
    result.weights = []
    let perGroup = conv.inputChannelsPerGroup
    for output in outputs {
      for position in 0..<conv.kernelHeight * conv.kernelWidth {
        for input in inputs {
          if let output, let input {
            result.weights.append(
              conv.weights[output * conv.taps + position * perGroup + input])
          } else {
            result.weights.append(0)
          }
        }
      }
    }
    return result
  }
}
