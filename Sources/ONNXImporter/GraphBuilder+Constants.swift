import ONNX
import SINFGraph

// Operators on constants and on shapes, evaluated at import.

extension GraphBuilder {
  func constantNode(_ node: NodeReader) throws(ImportError) -> Constant {
    if let tensor = try node.tensor("value") { return try constant(tensor) }
    if let value = try node.float("value_float") {
      return Constant(dims: [], content: .floats([value]))
    }
    if let values = try node.floats("value_floats") {
      return Constant(dims: [values.count], content: .floats(values))
    }
    if let value = try node.integer("value_int") {
      return Constant(dims: [], content: .integers([value]))
    }
    if let values = try node.integers("value_ints") {
      return Constant(dims: [values.count], content: .integers(values.map { $0 }))
    }
    throw node.unsupported("holds neither a tensor nor numbers")
  }

  mutating func shapeOf(_ node: NodeReader) throws(ImportError) -> Constant {
    let sizes: [Int?]
    switch try operand(node, 0) {
    case .tensor(let value), .softmax(let value): sizes = [nil] + value.dims.map { $0 }
    case .constant(let constant): sizes = constant.dims.map { $0 }
    }
    func place(_ name: String, _ standard: Int) throws(ImportError) -> Int {
      let given = try node.integer(name) ?? standard
      let counted = given < 0 ? max(given, -sizes.count) + sizes.count : given
      return max(0, min(counted, sizes.count))
    }
    let start = try place("start", 0)
    let end = max(start, try place("end", sizes.count))
    return Constant(dims: [end - start], content: .integers(Array(sizes[start..<end])))
  }

  /// Numbers out of a list, by place.
  mutating func gather(_ node: NodeReader) throws(ImportError) -> Constant {
    try node.requireInputs(2...2)
    let list = try integerList(node, 0)
    guard try node.integer("axis") ?? 0 == 0, let places = try constant(node, 1),
      places.dims.count <= 1, let indices = try integers(node, 1)
    else { throw node.unsupported("supported is a list of places in a shape") }
    var result: [Int?] = []
    for index in indices {
      result.append(list[try node.normalise(axis: index, rank: list.count)])
    }
    return Constant(dims: places.dims, content: .integers(result))
  }

  /// A part of a list.
  mutating func slice(_ node: NodeReader) throws(ImportError) -> Constant {
    try node.requireInputs(3...5)
    let list = try integerList(node, 0)
    guard let starts = try integers(node, 1), let ends = try integers(node, 2), starts.count == 1,
      ends.count == 1, try integers(node, 3) ?? [0] == [0], try integers(node, 4) ?? [1] == [1]
    else { throw node.unsupported("supported is one part of a shape, in steps of one") }
    func clamped(_ place: Int) -> Int {
      let counted = place < 0 ? max(place, -list.count) + list.count : place
      return min(counted, list.count)
    }
    let start = clamped(starts[0])
    let part = Array(list[start..<max(start, clamped(ends[0]))])
    return Constant(dims: [part.count], content: .integers(part))
  }

  private mutating func integerList(
    _ node: NodeReader, _ index: Int
  ) throws(ImportError) -> [Int?] {
    guard case .constant(let constant) = try operand(node, index), constant.dims.count == 1,
      case .integers(let values) = constant.content
    else { throw node.unsupported("supported only on the parts of a shape") }
    return values
  }

  func concatConstants(_ node: NodeReader, axis: Int) throws(ImportError) -> Constant {
    var builder = self
    var result: [Int?] = []
    for index in node.proto.input.indices { result += try builder.integerList(node, index) }
    guard axis == 0 || axis == -1 else { throw node.malformed("axis \(axis) of a list") }
    return Constant(dims: [result.count], content: .integers(result))
  }

  /// Products, sums and so on of numbers about shapes.
  func fold(
    _ node: NodeReader, _ left: Constant, _ right: Constant
  ) throws(ImportError) -> Constant {
    guard case .integers(let first) = left.content, case .integers(let second) = right.content,
      first.count == second.count || first.count == 1 || second.count == 1
    else { throw node.unsupported("both operands are constants, supported are shapes only") }
    let longer = first.count >= second.count ? left : right
    var result: [Int?] = []
    for index in 0..<longer.count {
      guard let a = first[first.count == 1 ? 0 : index],
        let b = second[second.count == 1 ? 0 : index]
      else { throw node.unsupported("calculates with the batch size") }
      let (value, overflow) =
        switch node.proto.opType {
        case "Add": a.addingReportingOverflow(b)
        case "Sub": a.subtractingReportingOverflow(b)
        case "Mul": a.multipliedReportingOverflow(by: b)
        default: a.dividedReportingOverflow(by: b)
        }
      guard !overflow else { throw node.malformed("\(a) and \(b) overflow") }
      result.append(value)
    }
    return Constant(
      dims: left.dims.count >= right.dims.count && first.count >= second.count
        ? left.dims : longer.dims, content: .integers(result))
  }

  /// Between numbers of one kind nothing changes; a float tensor of the network stays one.
  mutating func cast(_ node: NodeReader) throws(ImportError) -> Operand {
    let target = try node.integer("to") ?? 0
    let type = Onnx_TensorProto.DataType(rawValue: target) ?? .undefined
    let operand = try operand(node, 0)
    switch (operand, type) {
    case (.tensor, .float), (.softmax, .float): return operand
    case (.constant(let constant), _):
      switch (constant.content, type) {
      case (.integers, .int32), (.integers, .int64), (.floats, .float): return operand
      case (.integers(let values), .float) where !values.contains(nil):
        return .constant(
          Constant(dims: constant.dims, content: .floats(values.map { Float($0!) })))
      default: break
      }
    default: break
    }
    throw node.unsupported("to type \(target); supported are float, and integers of shapes")
  }

  /// A constant matrix, transposed.
  mutating func transpose(_ node: NodeReader) throws(ImportError) -> Constant {
    guard case .constant(let constant) = try operand(node, 0), constant.dims.count == 2,
      case .floats(let values) = constant.content,
      try node.integers("perm") ?? [1, 0] == [1, 0]
    else { throw node.unsupported("supported only for a constant matrix") }
    let (rows, columns) = (constant.dims[0], constant.dims[1])
    var result = [Float](repeating: 0, count: values.count)
    for row in 0..<rows {
      for column in 0..<columns { result[column * rows + row] = values[row * columns + column] }
    }
    return Constant(dims: [columns, rows], content: .floats(result))
  }

  func squeezeConstant(
    _ node: NodeReader, _ constant: Constant, axes listed: [Int]?
  ) throws(ImportError) -> Constant {
    var result = constant
    let squeezes = node.proto.opType == "Squeeze"
    guard let listed else {
      guard squeezes else { throw node.malformed("has no axes") }
      result.dims.removeAll { $0 == 1 }
      return result
    }
    let rank = constant.dims.count + (squeezes ? 0 : listed.count)
    var axes: Set<Int> = []
    for axis in listed { axes.insert(try node.normalise(axis: axis, rank: rank)) }
    guard axes.count == listed.count,
      !squeezes || axes.allSatisfy({ constant.dims[$0] == 1 })
    else { throw node.malformed("axes are \(listed) for dimensions \(constant.dims)") }
    if squeezes {
      result.dims = constant.dims.indices.filter { !axes.contains($0) }.map { constant.dims[$0] }
    } else {
      var rest = constant.dims[...]
      result.dims = (0..<rank).map { axes.contains($0) ? 1 : rest.removeFirst() }
    }
    return result
  }

  func reshapeConstant(
    _ node: NodeReader, _ constant: Constant, _ target: [Int?], allowsZero: Bool
  ) throws(ImportError) -> Constant {
    var dims: [Int] = []
    var unknown: Int? = nil
    for (place, size) in target.enumerated() {
      switch size {
      case -1 where unknown == nil:
        unknown = place
        dims.append(1)
      case 0 where !allowsZero && constant.dims.indices.contains(place):
        dims.append(constant.dims[place])
      case .some(let size) where size > 0: dims.append(size)
      default: throw node.malformed("a constant of \(constant.dims) to \(target)")
      }
    }
    guard let known = boundedProduct(dims), known > 0, constant.count % known == 0,
      unknown != nil || known == constant.count
    else { throw node.malformed("a constant of \(constant.dims) to \(target)") }
    if let unknown { dims[unknown] = constant.count / known }
    return Constant(dims: dims, content: constant.content)
  }
}
