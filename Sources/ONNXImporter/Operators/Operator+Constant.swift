import SINFGraph

// Operators on constants and on shapes, computed at import.

extension Operator {
  static let constants: [Operator] = [
    Operator("Constant", fold: constant),
    Operator("ConstantOfShape", fold: constantOfShape),
    Operator("Shape", convert: shapeOf, fold: foldShape),
    Operator(
      "Size", convert: sizeOf,
      fold: { (node, operands) throws(ImportError) in
        [Constant(dims: [], content: .integers([try node.present(operands, 0).count]))]
      }),
    Operator("Range", fold: range),
    Operator("Tile", fold: tile),
    Operator("Where", fold: choose),
    Operator(
      "Mod",
      fold: { (node, operands) throws(ImportError) in
        try node.integerPairs(operands) { $1 == 0 ? nil : ($0 % $1 + $1) % $1 }
      }),
    comparison("Equal") { $0 == $1 },
    comparison("Greater") { $0 > $1 },
    comparison("GreaterOrEqual") { $0 >= $1 },
    comparison("Less") { $0 < $1 },
    comparison("LessOrEqual") { $0 <= $1 },
    comparison("And") { $0 != 0 && $1 != 0 },
    comparison("Or") { $0 != 0 || $1 != 0 },
    Operator(
      "Not",
      fold: { (node, operands) throws(ImportError) in
        let operand = try node.present(operands, 0)
        return [
          Constant(dims: operand.dims, content: .integers(operand.floats.map { $0 == 0 ? 1 : 0 }))
        ]
      }),
  ]

  private static func comparison(
    _ name: String, _ holds: @escaping @Sendable (Float, Float) -> Bool
  ) -> Operator {
    Operator(
      name,
      fold: { (node, operands) throws(ImportError) in
        let (left, right) = try node.spread(operands, 0, 1)
        return [
          Constant(
            dims: left.dims,
            content: .integers(zip(left.floats, right.floats).map { holds($0, $1) ? 1 : 0 }))
        ]
      })
  }

  private static func constant(
    _ node: NodeReader, _: [Constant?]
  ) throws(ImportError) -> [Constant] {
    if let tensor = try node.tensor("value") {
      return [try TensorReader(file: node.file).constant(tensor)]
    }
    if let value = try node.float("value_float") {
      return [Constant(dims: [], content: .floats([value]))]
    }
    if let values = try node.floats("value_floats") {
      return [Constant(dims: [values.count], content: .floats(values))]
    }
    if let value = try node.integer("value_int") {
      return [Constant(dims: [], content: .integers([value]))]
    }
    if let values = try node.integers("value_ints") { return [Constant(values)] }
    throw node.unsupported("holds neither a tensor nor numbers")
  }

  private static func constantOfShape(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    guard let dims = try node.present(operands, 0).integers,
      let count = boundedProduct(dims, limit: maximumComputed)
    else { throw node.malformed("its shape is negative or too large") }
    guard let tensor = try node.tensor("value") else {
      return [Constant(dims: dims, content: .floats([Float](repeating: 0, count: count)))]
    }
    let value = try TensorReader(file: node.file).constant(tensor)
    guard value.count == 1 else { throw node.malformed("value is not one number") }
    return [value.picking([Int](repeating: 0, count: count), dims: dims)]
  }

  private static func shapeOf(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    switch try builder.operand(node, 0) {
    case .tensor(let value), .head(let value):
      return [.constant(Constant(try node.shape(value.view.sizes)))]
    case .constant(let constant): return [.constant(Constant(try node.shape(constant.dims)))]
    }
  }

  private static func foldShape(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    [Constant(try node.shape(try node.present(operands, 0).dims))]
  }

  private static func sizeOf(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    let count = try builder.tensor(node, 0).view.sizes.reduce(1, *)
    return [.constant(Constant(dims: [], content: .integers([count])))]
  }

  private static func range(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    try node.requireInputs(3...3)
    var numbers: [Int] = []
    for index in 0..<3 {
      guard let found = try node.present(operands, index).integers, found.count == 1 else {
        throw node.unsupported("supported are whole numbers")
      }
      numbers.append(found[0])
    }
    guard numbers[2] != 0, numbers.allSatisfy({ $0.magnitude <= maximumComputed }) else {
      throw node.malformed("from \(numbers[0]) to \(numbers[1]) in steps of \(numbers[2])")
    }
    return [Constant(Array(stride(from: numbers[0], to: numbers[1], by: numbers[2])))]
  }

  private static func tile(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    var result = try node.present(operands, 0)
    guard let repeats = try node.present(operands, 1).integers,
      repeats.count == result.dims.count,
      boundedProduct(repeats + result.dims, limit: maximumComputed) != nil
    else { throw node.malformed("its repeats don't fit \(result.dims)") }
    for (axis, times) in repeats.enumerated() {
      let size = result.dims[axis]
      result = result.picking((0..<times * size).map { $0 % size }, along: axis)
    }
    return [result]
  }

  private static func choose(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    try node.requireInputs(3...3)
    let (first, second) = try node.spread(operands, 1, 2)
    let dims = try node.broadcast(try node.present(operands, 0).dims, first.dims)
    let condition = try node.present(operands, 0).spread(to: dims).floats
    let (yes, no) = (first.spread(to: dims), second.spread(to: dims))
    if let yes = yes.integers, let no = no.integers {
      return [
        Constant(
          dims: dims,
          content: .integers(condition.indices.map { condition[$0] != 0 ? yes[$0] : no[$0] }))
      ]
    }
    let (left, right) = (yes.floats, no.floats)
    return [
      Constant(
        dims: dims,
        content: .floats(condition.indices.map { condition[$0] != 0 ? left[$0] : right[$0] }))
    ]
  }
}

extension NodeReader {
  /// The part of a shape that Shape gives.
  fileprivate func shape(_ sizes: [Int]) throws(ImportError) -> [Int] {
    func place(_ name: String, _ standard: Int) throws(ImportError) -> Int {
      let given = try integer(name) ?? standard
      let counted = given < 0 ? max(given, -sizes.count) + sizes.count : given
      return max(0, min(counted, sizes.count))
    }
    let start = try place("start", 0)
    return Array(sizes[start..<max(start, try place("end", sizes.count))])
  }
}
