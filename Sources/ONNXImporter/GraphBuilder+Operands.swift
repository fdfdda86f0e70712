import SINFGraph

// What a node reads, as the operators want it.

extension GraphBuilder {
  /// Operand `index` of the node, which must be there.
  mutating func operand(_ node: NodeReader, _ index: Int) throws(ImportError) -> Operand {
    guard let name = node.input(index) else {
      throw node.malformed("operand \(index) is missing")
    }
    if let known = try known(name) { return known }
    throw node.malformed(
      isMadeLater(name)
        ? "reads '\(name)' before it is made: nodes must be in order, without cycles"
        : "reads '\(name)', which is no input, no initialiser and no node's output")
  }

  /// Operand `index`, which must be a tensor of the network.
  mutating func tensor(_ node: NodeReader, _ index: Int) throws(ImportError) -> TensorValue {
    switch try operand(node, index) {
    case .tensor(let value): return value
    case .constant:
      throw node.unsupported(
        "operand '\(node.input(index)!)' is a constant, supported is a tensor of the network")
    case .head:
      throw node.unsupported(
        "reads a softmax or another head, which is supported only at the end; inside a network it "
          + "belongs to attention: \(Hint.transformer)")
    }
  }

  /// Operand `index` as an image: N x C x H x W in the file and H x W x C in the graph.
  mutating func image(_ node: NodeReader, _ index: Int) throws(ImportError) -> TensorValue {
    let value = try tensor(node, index)
    guard value.view.rank == 4 else {
      throw node.unsupported(
        "operand '\(node.input(index)!)' has dimensions \(value.view.sizes), needs a batch, "
          + "channels, height and width")
    }
    guard let image = try image(value, name: node.name + ".order") else {
      throw node.unsupported(
        "operand '\(node.input(index)!)', of dimensions \(value.view.sizes), mixes rows, columns "
          + "and channels in a way that no image has; \(Hint.exportAgain)")
    }
    return image
  }

  /// `value`, of four dimensions, with its numbers in the order that the view has them in: itself
  /// where that is how it lies, else what a convolution that chooses numbers makes of it. Nil where
  /// rows and columns are not those of an image.
  mutating func image(_ value: TensorValue, name: String) throws(ImportError) -> TensorValue? {
    if let known = images[value] { return known }
    let shape = shape(value)
    let view = value.view
    guard view.rank == 4, isBatch(view.dims[0]),
      let rows = Self.blocks(view.dims[2], .row, extent: shape.height),
      let columns = Self.blocks(view.dims[3], .column, extent: shape.width)
    else { return nil }
    if rows == 1, columns == 1, view.isWhole(1, .channel, extent: shape.channels) { return value }
    guard
      boundedProduct([view.sizes[1], rows, columns, shape.channels], limit: maximumComputed * 4)
        != nil
    else { return nil }
    let places = view.places(of: [1])
    let selection = Convolution.selection(
      inputChannels: shape.channels, blockHeight: rows, blockWidth: columns,
      sources: places.map { ($0.row * columns + $0.column) * shape.channels + $0.channel })
    let result = emit(
      name, .convolution(selection), [value],
      Shape(
        height: shape.height / rows, width: shape.width / columns, channels: places.count))
    images[value] = result
    return result
  }

  /// How many neighbouring places along `axis` one index of `dim` stands for, nil where it is not
  /// one index of that direction alone.
  private static func blocks(_ dim: [Factor], _ axis: Axis, extent: Int) -> Int? {
    if dim.isEmpty { return extent }
    guard dim.count == 1, dim[0].axis == axis, dim[0].size * dim[0].step == extent else {
      return nil
    }
    return dim[0].step
  }

  func isBatch(_ dim: [Factor]) -> Bool {
    batch == 1 ? dim.isEmpty : dim == [Factor(axis: .batch, size: batch, step: 1)]
  }

  /// Operand `index` as a constant, or nil where it is left out.
  mutating func constant(_ node: NodeReader, _ index: Int) throws(ImportError) -> Constant? {
    guard let name = node.input(index) else { return nil }
    guard case .constant(let constant) = try operand(node, index) else {
      throw node.unsupported(
        "operand '\(name)' is computed from the image, supported is a constant")
    }
    return constant
  }

  /// Operand `index` as finite weights of a shape that `accepts`, or nil where it is left out.
  mutating func weights(
    _ node: NodeReader, _ index: Int, _ expected: String, _ accepts: ([Int]) -> Bool
  ) throws(ImportError) -> (dims: [Int], values: [Float])? {
    guard let constant = try constant(node, index) else { return nil }
    guard case .floats(let values) = constant.content else {
      throw node.malformed("operand '\(node.input(index)!)' is integer, needs float")
    }
    guard accepts(constant.dims) else {
      throw node.malformed(
        "operand '\(node.input(index)!)' has dimensions \(constant.dims), needs \(expected)")
    }
    guard values.allSatisfy(\.isFinite) else {
      throw node.malformed("operand '\(node.input(index)!)' has numbers that are not finite")
    }
    return (constant.dims, values)
  }

  /// Operand `index` as a list of integers, or nil where it is left out.
  mutating func integers(_ node: NodeReader, _ index: Int) throws(ImportError) -> [Int]? {
    guard let constant = try constant(node, index) else { return nil }
    guard let values = constant.integers, constant.dims.count <= 1 else {
      throw node.malformed("operand '\(node.input(index)!)' is not a list of integers")
    }
    return values
  }

  /// The attribute of older operator sets, or the operand of newer ones.
  mutating func listed(
    _ node: NodeReader, _ attribute: String, operand index: Int
  ) throws(ImportError) -> [Int]? {
    if let listed = try node.integers(attribute) { return listed }
    return try integers(node, index)
  }
}
