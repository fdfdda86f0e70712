import SINFGraph

extension Graph {
  /// The graph with only some of its output's channels: rows of the last convolution, seen through
  /// pooling and activations that follow it.
  ///
  /// - Throws: `LoweringError` when the output isn't made that way.
  func selectingOutputs(_ rows: [Int]) throws -> Graph {
    var result = self
    var value = output
    while true {
      guard let n = producer(of: value) else {
        throw LoweringError("the network's output is not made by a convolution or linear layer")
      }
      result.values[value.index].shape.channels = rows.count
      switch nodes[n].operation {
      case .convolution(let conv) where conv.groups == 1:
        result.nodes[n].operation = .convolution(
          conv.gathered(inputs: Array(0..<conv.inputChannels), outputs: rows))
        return result
      case .maxPool, .averagePool, .globalAveragePool, .activation, .function:
        value = nodes[n].inputs[0]
      case .convolution, .add, .multiply, .concat:
        throw LoweringError(
          "the network's output comes from '\(nodes[n].name)': cluster rows can only be taken "
            + "from a linear layer or an ordinary convolution")
      }
    }
  }
}
