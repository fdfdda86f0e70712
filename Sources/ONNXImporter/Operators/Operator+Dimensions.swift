import SINFGraph

// Operators that move no number: only the dimensions as ONNX sees them change.

extension Operator {
  static let dimensions: [Operator] = [
    Operator("Identity", convert: same, fold: sameConstant, passesHeads: true),
    Operator("Dropout", convert: dropout, passesHeads: true),
    Operator("Cast", convert: cast, fold: foldCast, passesHeads: true),
    Operator("CastLike", convert: same, fold: sameConstant),
    Operator("Flatten", convert: flatten, fold: foldFlatten, passesHeads: true),
    Operator("Reshape", convert: reshape, fold: foldReshape, passesHeads: true),
    Operator("Squeeze", convert: squeeze, fold: foldSqueeze, passesHeads: true),
    Operator("Unsqueeze", convert: unsqueeze, fold: foldUnsqueeze, passesHeads: true),
    Operator("Transpose", convert: transpose, fold: foldTranspose, passesHeads: true),
    Operator("SpaceToDepth", convert: spaceToDepth),
    Operator("Expand", convert: expand, fold: foldExpand),
    Operator("Resize", convert: resize),
    Operator("Upsample", convert: resize),
  ]

  private static func same(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...2)
    return [try builder.operand(node, 0)]
  }

  private static func sameConstant(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    [try node.present(operands, 0)]
  }

  private static func dropout(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...3)
    if let training = try builder.integers(node, 2), training != [0] {
      throw node.unsupported("is in training mode, supported is inference")
    }
    return [try builder.operand(node, 0)]
  }

  /// Between types of real numbers nothing changes; what comes after a cast to bytes would.
  private static func cast(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    let target = try node.integer("to") ?? 0
    let type = ElementType(rawValue: target) ?? .undefined
    guard [.float, .float16, .bfloat16, .double].contains(type) else {
      throw node.unsupported(
        "of a computed tensor to type \(target) (\(type)); supported are float, float16, bfloat16 "
          + "and double")
    }
    return [.tensor(try builder.tensor(node, 0))]
  }

  private static func foldCast(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    let operand = try node.present(operands, 0)
    let type = ElementType(rawValue: try node.integer("to") ?? 0) ?? .undefined
    switch type {
    case .float, .float16, .bfloat16, .double:
      return [Constant(dims: operand.dims, content: .floats(operand.floats))]
    case .bool:
      return [
        Constant(dims: operand.dims, content: .integers(operand.floats.map { $0 == 0 ? 0 : 1 }))
      ]
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64:
      if operand.integers != nil { return [operand] }
      var values: [Int] = []
      for value in operand.floats {
        guard let whole = Int(exactly: value.rounded(.towardZero)) else {
          throw node.malformed("\(value) has no integer")
        }
        values.append(whole)
      }
      return [Constant(dims: operand.dims, content: .integers(values))]
    default:
      throw node.unsupported("to type \(type)")
    }
  }

  private static func flatten(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...1)
    let value = try builder.tensor(node, 0)
    return try builder.reshaped(node, value, to: try node.flattened(value.view.sizes))
  }

  private static func foldFlatten(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    var result = try node.present(operands, 0)
    result.dims = try node.flattened(result.dims)
    return [result]
  }

  private static func reshape(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(2...2)
    let value = try builder.tensor(node, 0)
    guard let target = try builder.integers(node, 1) else {
      throw node.malformed("has no shape")
    }
    return try builder.reshaped(
      node, value, to: try node.resolved(target, from: value.view.sizes))
  }

  private static func foldReshape(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    try node.requireInputs(2...2)
    var result = try node.present(operands, 0)
    guard let target = try node.present(operands, 1).integers else {
      throw node.malformed("its shape is not a list of integers")
    }
    result.dims = try node.resolved(target, from: result.dims)
    return [result]
  }

  private static func squeeze(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...2)
    var value = try builder.tensor(node, 0)
    let axes = try node.squeezed(
      value.view.sizes, axes: try builder.listed(node, "axes", operand: 1))
    value.view = value.view.removing(axes)
    return [.tensor(value)]
  }

  private static func foldSqueeze(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    try node.requireInputs(1...2)
    var result = try node.present(operands, 0)
    let axes = try node.squeezed(result.dims, axes: try node.listed("axes", operands, 1))
    result.dims = result.dims.indices.filter { !axes.contains($0) }.map { result.dims[$0] }
    return [result]
  }

  private static func unsqueeze(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...2)
    var value = try builder.tensor(node, 0)
    let axes = try node.unsqueezed(
      value.view.rank, axes: try builder.listed(node, "axes", operand: 1))
    var rest = value.view.dims[...]
    value.view = View(
      (0..<value.view.rank + axes.count).map { axes.contains($0) ? [] : rest.removeFirst() })
    return [.tensor(value)]
  }

  private static func foldUnsqueeze(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    try node.requireInputs(1...2)
    var result = try node.present(operands, 0)
    let axes = try node.unsqueezed(result.dims.count, axes: try node.listed("axes", operands, 1))
    var rest = result.dims[...]
    result.dims = (0..<result.dims.count + axes.count).map {
      axes.contains($0) ? 1 : rest.removeFirst()
    }
    return [result]
  }

  private static func transpose(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...1)
    var value = try builder.tensor(node, 0)
    value.view = value.view.transposed(try node.order(rank: value.view.rank))
    return [.tensor(value)]
  }

  private static func foldTranspose(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    let operand = try node.present(operands, 0)
    let order = try node.order(rank: operand.dims.count)
    let strides = strides(of: operand.dims)
    return [
      operand.picking(
        places(order.map { operand.dims[$0] }, strides: order.map { strides[$0] }),
        dims: order.map { operand.dims[$0] })
    ]
  }

  /// N x C x H x W to N x (b * b * C) x H / b x W / b.
  private static func spaceToDepth(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...1)
    let value = try builder.image(node, 0)
    let sizes = value.view.sizes
    guard let block = try node.integer("blocksize"), (1...65535).contains(block),
      sizes[2] % block == 0, sizes[3] % block == 0,
      let split = value.view.reshaped(
        to: [sizes[0], sizes[1], sizes[2] / block, block, sizes[3] / block, block]),
      let view = split.transposed([0, 3, 5, 1, 2, 4]).reshaped(
        to: [sizes[0], sizes[1] * block * block, sizes[2] / block, sizes[3] / block])
    else { throw node.malformed("its blocksize doesn't divide an image of \(sizes)") }
    return [.tensor(GraphBuilder.TensorValue(id: value.id, view: view))]
  }

  /// Only where nothing is repeated.
  private static func expand(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(2...2)
    let value = try builder.tensor(node, 0)
    let sizes = value.view.sizes
    guard let target = try builder.integers(node, 1), target.count <= sizes.count,
      zip(target.reversed(), sizes.reversed()).allSatisfy({ $0 == 1 || $0 == $1 })
    else {
      throw node.unsupported(
        "repeats a computed tensor of \(sizes); supported is only what changes nothing")
    }
    return [.tensor(value)]
  }

  private static func foldExpand(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    try node.requireInputs(2...2)
    let operand = try node.present(operands, 0)
    guard let target = try node.present(operands, 1).integers else {
      throw node.malformed("its shape is not a list of integers")
    }
    let dims = try node.broadcast(operand.dims, target)
    return [operand.spread(to: dims)]
  }

  /// Only where it changes nothing.
  private static func resize(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    let value = try builder.tensor(node, 0)
    var scales = try node.floats("scales")
    for index in node.proto.input.indices.dropFirst() {
      guard let constant = try builder.constant(node, index) else { continue }
      switch constant.content {
      case .floats(let values) where values.count == value.view.rank: scales = values
      case .integers(let sizes) where sizes.count == value.view.rank:
        scales = zip(sizes, value.view.sizes).map { Float($0) / Float($1) }
      default: break
      }
    }
    guard let scales, scales.allSatisfy({ $0 == 1 }) else {
      throw node.unsupported(Hint.unknown("Resize", domain: ""))
    }
    return [.tensor(value)]
  }
}

extension GraphBuilder {
  fileprivate mutating func reshaped(
    _ node: NodeReader, _ value: TensorValue, to sizes: [Int]
  ) throws(ImportError) -> [Operand] {
    guard let view = value.view.reshaped(to: sizes) else {
      throw node.unsupported(
        "cuts a tensor of \(value.view.sizes) into \(sizes) across rows, columns and channels")
    }
    return [.tensor(TensorValue(id: value.id, view: view))]
  }
}

extension NodeReader {
  /// The dimensions that Flatten makes.
  fileprivate func flattened(_ sizes: [Int]) throws(ImportError) -> [Int] {
    let given = try integer("axis") ?? 1
    let axis = given == sizes.count ? given : try normalise(axis: given, rank: sizes.count)
    return [sizes[..<axis].reduce(1, *), sizes[axis...].reduce(1, *)]
  }

  /// The dimensions that Reshape means by `target`.
  fileprivate func resolved(_ target: [Int], from sizes: [Int]) throws(ImportError) -> [Int] {
    let keepsZero = try integer("allowzero") ?? 0 != 0
    func failure() -> ImportError { malformed("to \(target) from \(sizes)") }
    var result: [Int] = []
    var unknown: Int? = nil
    for (place, size) in target.enumerated() {
      switch size {
      case -1 where unknown == nil:
        unknown = place
        result.append(1)
      case 0 where !keepsZero && sizes.indices.contains(place): result.append(sizes[place])
      case 1...: result.append(size)
      default: throw failure()
      }
    }
    let total = sizes.reduce(1, *)
    guard let known = boundedProduct(result), known > 0, total % known == 0,
      unknown != nil || known == total
    else { throw failure() }
    if let unknown { result[unknown] = total / known }
    return result
  }

  /// The dimensions that Squeeze removes.
  fileprivate func squeezed(_ sizes: [Int], axes listed: [Int]?) throws(ImportError) -> Set<Int> {
    guard let listed else { return Set(sizes.indices.filter { sizes[$0] == 1 }) }
    var axes: Set<Int> = []
    for axis in listed { axes.insert(try normalise(axis: axis, rank: sizes.count)) }
    guard axes.count == listed.count, axes.allSatisfy({ sizes[$0] == 1 }) else {
      throw malformed("axes \(listed) are not all one in \(sizes)")
    }
    return axes
  }

  /// Where Unsqueeze puts dimensions, counted in its result.
  fileprivate func unsqueezed(_ rank: Int, axes listed: [Int]?) throws(ImportError) -> Set<Int> {
    guard let listed, listed.count <= 16 else { throw malformed("has no axes") }
    var axes: Set<Int> = []
    for axis in listed { axes.insert(try normalise(axis: axis, rank: rank + listed.count)) }
    guard axes.count == listed.count else { throw malformed("axes are \(listed)") }
    return axes
  }

  fileprivate func order(rank: Int) throws(ImportError) -> [Int] {
    let order = try integers("perm") ?? (0..<rank).reversed()
    guard order.sorted() == Array(0..<rank) else {
      throw malformed("perm is \(order) for \(rank) dimensions")
    }
    return order
  }
}
