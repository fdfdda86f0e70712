import SINFGraph

// Operators that move no number: only the dimensions as ONNX sees them change.

extension GraphBuilder {
  mutating func identity(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(1...3)
    if node.proto.opType == "Dropout", let training = try integers(node, 2), training != [0] {
      throw node.unsupported("is in training mode, supported is inference")
    }
    return try operand(node, 0)
  }

  /// The scores themselves: what follows needs only their order, and has a softmax of its own.
  mutating func softmax(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(1...1)
    let input = try tensor(node, 0)
    let before = shape(input)
    let rank = input.dims.count + 1
    let axis = try node.normalise(
      axis: try node.integer("axis") ?? (opset < 13 ? 1 : -1), rank: rank)
    // Before operator set 13 the axis begins the flattened part, afterwards it is the only one.
    let size =
      axis == 0
      ? nil : opset < 13 ? boundedProduct(Array(input.dims[(axis - 1)...])) : input.dims[axis - 1]
    guard before.pixels == 1, size == before.channels else {
      throw node.unsupported(
        "over axis \(axis) of a tensor with dimensions \(input.dims) after the batch; supported is "
          + "one over the classes, at the end")
    }
    return .softmax(input)
  }

  mutating func flatten(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(1...1)
    let axis = try node.integer("axis") ?? 1
    return try redimensioned(node) { (node, dims) throws(ImportError) in
      // The axis may be the rank itself.
      guard axis == 1 || axis == -dims.count else {
        throw node.unsupported("axis is \(axis), supported is 1: everything but the batch")
      }
      return [boundedProduct(dims)!]
    }
  }

  /// The attribute of older operator sets, or the second operand of newer ones.
  mutating func axes(_ node: NodeReader) throws(ImportError) -> [Int]? {
    if let listed = try node.integers("axes") { return listed }
    return try integers(node, 1)
  }

  mutating func squeeze(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(1...2)
    let squeezes = node.proto.opType == "Squeeze"
    let listed = try axes(node)
    if case .constant(let constant) = try operand(node, 0) {
      return .constant(try squeezeConstant(node, constant, axes: listed))
    }
    let fixedBatch = fixedBatch
    return try redimensioned(node) { (node, dims) throws(ImportError) in
      guard let listed else {
        guard squeezes else { throw node.malformed("has no axes") }
        guard fixedBatch != 1 else {
          throw node.unsupported("without axes removes the batch of one as well")
        }
        return dims.filter { $0 != 1 }
      }
      let rank = dims.count + 1 + (squeezes ? 0 : listed.count)
      var axes: Set<Int> = []
      for axis in listed { axes.insert(try node.normalise(axis: axis, rank: rank)) }
      guard !axes.contains(0) else { throw node.unsupported("touches the batch (axis 0)") }
      guard axes.count == listed.count else { throw node.malformed("axes are \(listed)") }
      if squeezes {
        guard axes.allSatisfy({ dims[$0 - 1] == 1 }) else {
          throw node.malformed("axes \(listed) are not all one in \(dims) after the batch")
        }
        return dims.indices.filter { !axes.contains($0 + 1) }.map { dims[$0] }
      }
      var rest = dims[...]
      return (1..<rank).map { axes.contains($0) ? 1 : rest.removeFirst() }
    }
  }

  mutating func reshape(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(2...2)
    let allowsZero = try node.integer("allowzero") ?? 0 != 0
    guard let shape = try constant(node, 1), case .integers(let target) = shape.content,
      shape.dims.count == 1
    else { throw node.malformed("its shape is not a list of integers") }
    if case .constant(let constant) = try operand(node, 0) {
      return .constant(try reshapeConstant(node, constant, target, allowsZero: allowsZero))
    }
    let fixedBatch = fixedBatch
    return try redimensioned(node) { (node, dims) throws(ImportError) in
      let described = target.map { $0.map(String.init) ?? "N" }.joined(separator: ", ")
      guard let first = target.first,
        first == nil || first == -1 || first == fixedBatch || (first == 0 && !allowsZero)
      else {
        throw node.unsupported("to [\(described)]; supported are shapes that begin with the batch")
      }
      let total = boundedProduct(dims)!
      var result: [Int] = []
      var unknown: Int? = nil
      for (place, size) in target.dropFirst().enumerated() {
        switch size {
        case 0 where !allowsZero && dims.indices.contains(place): result.append(dims[place])
        case -1 where unknown == nil && first != -1:
          unknown = place
          result.append(1)
        case .some(let size) where size > 0: result.append(size)
        default:
          throw node.unsupported("to [\(described)] from \(dims) after the batch")
        }
      }
      guard let known = boundedProduct(result), known > 0, total % known == 0,
        unknown != nil || known == total
      else {
        throw node.malformed("to [\(described)] from \(dims) after the batch")
      }
      if let unknown { result[unknown] = total / known }
      return result
    }
  }

  /// The first operand, or the scores behind a softmax, with other dimensions.
  private mutating func redimensioned(
    _ node: NodeReader, _ change: (NodeReader, [Int]) throws(ImportError) -> [Int]
  ) throws(ImportError) -> Operand {
    switch try operand(node, 0) {
    case .constant:
      throw node.unsupported("operand '\(node.input(0)!)' is a constant")
    case .tensor(var value):
      value.dims = try checked(node, try change(node, value.dims))
      return .tensor(value)
    case .softmax(var value):
      value.dims = try checked(node, try change(node, value.dims))
      return .softmax(value)
    }
  }

  private func checked(_ node: NodeReader, _ dims: [Int]) throws(ImportError) -> [Int] {
    guard !dims.isEmpty else { throw node.unsupported("leaves nothing but the batch") }
    return dims
  }
}
