import SINFGraph

extension GraphBuilder {
  mutating func activation(
    _ node: NodeReader, _ activation: Activation
  ) throws(ImportError) -> Operand {
    let input = try tensor(node, 0)
    if activation == .none { return .tensor(input) }
    return try emit(node, .activation(activation), [input], shape(input), dims: input.dims)
  }

  /// Bounds as operands (operator set 11 on) or as attributes (before, still met in the wild).
  mutating func clip(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(1...3)
    let low = try bound(node, 1, "min") ?? -.infinity
    let high = try bound(node, 2, "max") ?? .infinity
    guard low <= high, low < .infinity, high > -.infinity else {
      throw node.malformed("clips to \(low) ... \(high)")
    }
    // Exporters write "no bound" as the largest number there is.
    let limit = Float.greatestFiniteMagnitude
    return try activation(
      node,
      .between(
        low: low <= -limit ? -.infinity : low, high: high >= limit ? .infinity : high))
  }

  private mutating func bound(
    _ node: NodeReader, _ index: Int, _ attribute: String
  ) throws(ImportError) -> Float? {
    guard let constant = try constant(node, index) else { return try node.float(attribute) }
    guard case .floats(let values) = constant.content, values.count == 1 else {
      throw node.malformed("\(attribute) is not one float")
    }
    return values[0]
  }

  /// Add, Sub, Mul, Div: of the network's tensors only sums; with a constant per channel or for
  /// all, a scale and shift.
  mutating func arithmetic(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(2...2)
    let (first, second) = (try operand(node, 0), try operand(node, 1))
    if case .constant(let left) = first, case .constant(let right) = second {
      return .constant(try fold(node, left, right))
    }
    if case .constant = first { return try scaled(node, tensor: 1, constant: 0) }
    if case .constant = second { return try scaled(node, tensor: 0, constant: 1) }

    let (left, right) = (try tensor(node, 0), try tensor(node, 1))
    guard node.proto.opType == "Add" else {
      throw node.unsupported("both operands are computed, which only Add supports")
    }
    guard left.dims == right.dims, shape(left) == shape(right) else {
      throw node.unsupported(
        "operands have dimensions \(left.dims) and \(right.dims) after the batch; "
          + "supported are equal ones")
    }
    return try emit(node, .add(.none), [left, right], shape(left), dims: left.dims)
  }

  private mutating func scaled(
    _ node: NodeReader, tensor: Int, constant: Int
  ) throws(ImportError) -> Operand {
    let input = try self.tensor(node, tensor)
    let channels = shape(input).channels
    let (dims, values) = try weights(node, constant, "", { _ in true })!
    // Aligned at the last dimension; all dimensions one, but for that of the channels.
    let rank = input.dims.count + 1
    let channelAxis = dims.count - rank + 1
    guard
      dims.count <= rank,
      dims.enumerated().allSatisfy({
        $0.element == 1 || ($0.offset == channelAxis && $0.element == input.dims[0])
      }), values.count == 1 || input.dims[0] == channels
    else {
      throw node.unsupported(
        "a constant of dimensions \(dims) with a tensor of \(input.dims) after the batch; "
          + "supported is one number, or one a channel")
    }
    let numbers = values.count == 1 ? [Float](repeating: values[0], count: channels) : values
    let ones = [Float](repeating: 1, count: channels)
    let zeros = [Float](repeating: 0, count: channels)
    switch (node.proto.opType, constant) {
    case ("Add", _): return try affine(node, input, scale: ones, shift: numbers)
    case ("Mul", _): return try affine(node, input, scale: numbers, shift: zeros)
    case ("Sub", 1): return try affine(node, input, scale: ones, shift: numbers.map { -$0 })
    case ("Sub", _): return try affine(node, input, scale: ones.map { -$0 }, shift: numbers)
    case ("Div", 1):
      guard !numbers.contains(0) else { throw node.malformed("divides by zero") }
      return try affine(node, input, scale: numbers.map { 1 / $0 }, shift: zeros)
    default:
      throw node.unsupported("divides a constant by a tensor")
    }
  }

  /// Channels of several images, or the parts of a shape.
  mutating func concat(_ node: NodeReader) throws(ImportError) -> Operand {
    guard let axis = try node.integer("axis") else { throw node.malformed("has no axis") }
    try node.requireInputs(1...4096)
    if case .constant = try operand(node, 0) {
      return .constant(try concatConstants(node, axis: axis))
    }
    var inputs: [TensorValue] = []
    for index in node.proto.input.indices { inputs.append(try tensor(node, index)) }
    let first = inputs[0]
    let rank = first.dims.count + 1
    guard try node.normalise(axis: axis, rank: rank) == 1 else {
      throw node.unsupported("axis is \(axis), supported is that of the channels (1)")
    }
    var channels = 0
    for input in inputs {
      let shape = shape(input)
      guard input.dims.count == first.dims.count, input.dims[0] == shape.channels,
        input.dims.dropFirst() == first.dims.dropFirst(), shape.height == self.shape(first).height,
        shape.width == self.shape(first).width
      else {
        throw node.unsupported(
          "operands have dimensions \(inputs.map(\.dims)) after the batch; supported are images "
            + "of one size")
      }
      channels += shape.channels
    }
    if inputs.count == 1 { return .tensor(first) }
    let size = shape(first)
    return try emit(
      node, .concat, inputs, Shape(height: size.height, width: size.width, channels: channels),
      dims: [channels] + first.dims.dropFirst())
  }
}
