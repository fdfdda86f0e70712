import SINFGraph

extension Operator {
  static let joins = [Operator("Concat", convert: concat, fold: foldConcat)]

  /// Channels of several images, one after the other.
  private static func concat(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    guard let given = try node.integer("axis") else { throw node.malformed("has no axis") }
    try node.requireInputs(1...4096)
    var inputs: [GraphBuilder.TensorValue] = []
    for index in node.proto.input.indices { inputs.append(try builder.tensor(node, index)) }
    let axis = try node.normalise(axis: given, rank: inputs[0].view.rank)
    if !builder.joinsChannels(inputs, axis: axis), axis == 1,
      inputs.allSatisfy({ $0.view.rank == 4 })
    {
      for index in inputs.indices { inputs[index] = try builder.image(node, index) }
    }
    guard builder.joinsChannels(inputs, axis: axis) else {
      throw node.unsupported(
        "operands have dimensions \(inputs.map(\.view.sizes)), joined along axis \(given); "
          + "supported are the channels of images of one size")
    }
    if inputs.count == 1 { return [.tensor(inputs[0])] }
    let size = builder.shape(inputs[0])
    let channels = inputs.reduce(0) { $0 + builder.shape($1).channels }
    let view = inputs[0].view.replacing(
      axis, by: [Factor(axis: .channel, size: channels, step: 1)])
    return [
      .tensor(
        try builder.emit(
          node, .concat, inputs,
          Shape(height: size.height, width: size.width, channels: channels), view: view))
    ]
  }

  private static func foldConcat(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    guard let given = try node.integer("axis") else { throw node.malformed("has no axis") }
    var result = try node.present(operands, 0)
    let axis = try node.normalise(axis: given, rank: result.dims.count)
    for index in operands.indices.dropFirst() {
      let next = try node.present(operands, index)
      guard let joined = result.joined(with: next, along: axis) else {
        throw node.malformed("constants of \(result.dims) and \(next.dims) along axis \(axis)")
      }
      result = joined
    }
    return [result]
  }
}

extension GraphBuilder {
  /// Whether all channels of each operand, and nothing else, are counted along `axis`.
  fileprivate func joinsChannels(_ inputs: [TensorValue], axis: Int) -> Bool {
    let first = inputs[0]
    let size = shape(first)
    return inputs.allSatisfy { input in
      let shape = shape(input)
      return input.view.rank == first.view.rank && shape.height == size.height
        && shape.width == size.width
        && input.view.isWhole(axis, .channel, extent: shape.channels)
        && input.view.replacing(axis, by: []) == first.view.replacing(axis, by: [])
    }
  }
}
