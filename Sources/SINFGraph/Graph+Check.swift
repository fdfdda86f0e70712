extension Graph {
  /// Whether the graph can be run: every operand defined before its use, and every node's shapes
  /// in agreement with its operation.
  ///
  /// - Throws: the first ``ExecutionError`` found.
  public func check() throws(ExecutionError) {
    var defined: Set<ValueID> = [input]
    for node in nodes {
      for id in node.inputs where !defined.contains(id) {
        throw .malformed(
          node: node.name,
          reason: values.indices.contains(id.index)
            ? "reads '\(self[id].name)' before it is made" : "reads a value that does not exist")
      }
      guard values.indices.contains(node.output.index), defined.insert(node.output).inserted else {
        throw .malformed(node: node.name, reason: "its output does not exist or was made before")
      }
      try check(node)
    }
    guard defined.contains(output) else { throw .missing(value: self[output].name) }
  }

  /// Whether the shapes of `node`'s operands fit its operation.
  public func check(_ node: Node) throws(ExecutionError) {
    let inputs = node.inputs.map { self[$0].shape }
    let output = self[node.output].shape
    func demand(_ condition: Bool, _ reason: @autoclosure () -> String) throws(ExecutionError) {
      if !condition { throw .malformed(node: node.name, reason: reason()) }
    }
    func single() throws(ExecutionError) -> Shape {
      try demand(inputs.count == 1, "needs one operand, has \(inputs.count)")
      return inputs[0]
    }

    switch node.operation {
    case .convolution(let conv):
      let input = try single()
      try demand(
        conv.groups > 0 && conv.inputChannels % conv.groups == 0
          && conv.outputChannels % conv.groups == 0,
        "\(conv.groups) groups don't divide \(conv.inputChannels) and \(conv.outputChannels) channels"
      )
      try demand(
        input.channels == conv.inputChannels && output.channels == conv.outputChannels,
        "is for \(conv.inputChannels) to \(conv.outputChannels) channels, "
          + "has \(input.channels) to \(output.channels)")
      try demand(
        conv.weights.count == conv.outputChannels * conv.taps
          && conv.bias.count == conv.outputChannels,
        "has \(conv.weights.count) weights and \(conv.bias.count) biases, needs "
          + "\(conv.outputChannels * conv.taps) and \(conv.outputChannels)")
      let expected = Shape(
        height: windows(
          input.height + conv.padding.top + conv.padding.bottom, conv.kernelHeight,
          conv.strideHeight),
        width: windows(
          input.width + conv.padding.left + conv.padding.right, conv.kernelWidth,
          conv.strideWidth),
        channels: conv.outputChannels)
      try demand(output == expected, "makes \(expected), its output says \(output)")
    case .maxPool(let pool), .averagePool(let pool):
      let input = try single()
      try demand(output.channels == input.channels, "changes the number of channels")
      try demand(
        pool.covers(input.height, by: output.height, vertical: true)
          && pool.covers(input.width, by: output.width, vertical: false),
        "windows leave \(input) or miss it entirely for an output of \(output)")
    case .globalAveragePool:
      let input = try single()
      let expected = Shape(height: 1, width: 1, channels: input.channels)
      try demand(output == expected, "makes \(expected), its output says \(output)")
    case .activation, .function:
      let input = try single()
      try demand(input == output, "makes \(input), its output says \(output)")
    case .add:
      try demand(inputs.count == 2, "needs two operands, has \(inputs.count)")
      try demand(
        inputs[0] == output && inputs[1] == output,
        "operands are \(inputs[0]) and \(inputs[1]), its output says \(output)")
    case .multiply:
      try demand(inputs.count == 2, "needs two operands, has \(inputs.count)")
      try demand(
        inputs[0] == output
          && (inputs[1] == output
            || inputs[1].pixels == 1 && inputs[1].channels == output.channels),
        "operands are \(inputs[0]) and \(inputs[1]), its output says \(output)")
    case .concat:
      try demand(!inputs.isEmpty, "has no operands")
      try demand(
        inputs.allSatisfy { $0.height == output.height && $0.width == output.width }
          && inputs.reduce(0) { $0 + $1.channels } == output.channels,
        "operands are \(inputs), its output says \(output)")
    }
  }

  private func windows(_ extent: Int, _ kernel: Int, _ stride: Int) -> Int {
    guard kernel > 0, stride > 0, extent >= kernel else { return 0 }
    return (extent - kernel) / stride + 1
  }
}

extension Pooling {
  /// Whether `count` windows each meet at least one of `extent` pixels and together none is asked
  /// for that begins past them.
  fileprivate func covers(_ extent: Int, by count: Int, vertical: Bool) -> Bool {
    let kernel = vertical ? kernelHeight : kernelWidth
    let stride = vertical ? strideHeight : strideWidth
    let before = vertical ? padding.top : padding.left
    let after = vertical ? padding.bottom : padding.right
    guard kernel > 0, stride > 0, count > 0, before >= 0, after >= 0 else { return false }
    return before < kernel && (count - 1) * stride - before < extent
  }
}
