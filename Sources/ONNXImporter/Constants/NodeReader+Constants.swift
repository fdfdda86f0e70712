import SINFGraph

// What a node makes of constants.

extension NodeReader {
  /// Operand `index`, which must be there.
  func present(_ operands: [Constant?], _ index: Int) throws(ImportError) -> Constant {
    guard operands.indices.contains(index), let operand = operands[index] else {
      throw malformed("operand \(index) is missing")
    }
    return operand
  }

  /// The attribute of older operator sets, or the operand of newer ones.
  func listed(
    _ attribute: String, _ operands: [Constant?], _ index: Int
  ) throws(ImportError) -> [Int]? {
    if let listed = try integers(attribute) { return listed }
    guard operands.indices.contains(index), let operand = operands[index] else { return nil }
    guard let values = operand.integers else { throw malformed("\(attribute) are no integers") }
    return values
  }

  /// The dimensions of a result over both, by ONNX' rules of broadcasting.
  func broadcast(_ left: [Int], _ right: [Int]) throws(ImportError) -> [Int] {
    let rank = max(left.count, right.count)
    let a = [Int](repeating: 1, count: rank - left.count) + left
    let b = [Int](repeating: 1, count: rank - right.count) + right
    var result: [Int] = []
    for (one, other) in zip(a, b) {
      guard one == other || one == 1 || other == 1 else {
        throw malformed("dimensions \(left) and \(right) don't fit each other")
      }
      result.append(one == 1 ? other : one)
    }
    guard
      result == left || result == right
        || boundedProduct(result, limit: maximumComputed) != nil
    else { throw unsupported("makes a constant of \(result), above \(maximumComputed) numbers") }
    return result
  }

  /// Two operands with the dimensions of both.
  func spread(
    _ operands: [Constant?], _ first: Int, _ second: Int
  ) throws(ImportError) -> (Constant, Constant) {
    let (left, right) = (try present(operands, first), try present(operands, second))
    let dims = try broadcast(left.dims, right.dims)
    return (left.spread(to: dims), right.spread(to: dims))
  }

  /// `operation` on two constants, in integers where both are.
  func combine(
    _ operation: ScalarFunction.Binary, _ left: Constant, _ right: Constant
  ) throws(ImportError) -> Constant {
    let dims = try broadcast(left.dims, right.dims)
    let (a, b) = (left.spread(to: dims), right.spread(to: dims))
    guard let first = a.integers, let second = b.integers else {
      return Constant(
        dims: dims, content: .floats(zip(a.floats, b.floats).map { operation($0, $1) }))
    }
    var result: [Int] = []
    result.reserveCapacity(first.count)
    for (x, y) in zip(first, second) {
      guard let value = operation.whole(x, y) else {
        throw malformed("\(operation.rawValue) of \(x) and \(y) has no integer")
      }
      result.append(value)
    }
    return Constant(dims: dims, content: .integers(result))
  }

  /// Integers in pairs; nil from `operation` is an error.
  func integerPairs(
    _ operands: [Constant?], _ operation: (Int, Int) -> Int?
  ) throws(ImportError) -> [Constant] {
    let (left, right) = try spread(operands, 0, 1)
    guard let first = left.integers, let second = right.integers else {
      throw unsupported("supported are integers")
    }
    var result: [Int] = []
    for (x, y) in zip(first, second) {
      guard x.magnitude < 1 << 62, y.magnitude < 1 << 62, let value = operation(x, y) else {
        throw malformed("of \(x) and \(y)")
      }
      result.append(value)
    }
    return [Constant(dims: left.dims, content: .integers(result))]
  }

  /// A reduction of a whole constant, or along one dimension.
  func reduced(
    _ operands: [Constant?], _ combine: (Float, Float) -> Float
  ) throws(ImportError) -> Constant {
    let operand = try present(operands, 0)
    let axes = try listed("axes", operands, 1)
    let keeps = try integer("keepdims") ?? 1 != 0
    guard operand.dims.count <= 1, axes == nil || axes == [0] || axes == [-1],
      let first = operand.floats.first
    else { throw unsupported("of a constant of \(operand.dims); supported are lists") }
    let value = operand.floats.dropFirst().reduce(first, combine)
    let dims = keeps ? operand.dims.map { _ in 1 } : []
    guard operand.integers != nil else { return Constant(dims: dims, content: .floats([value])) }
    guard abs(value) < 0x1p24, let whole = Int(exactly: value) else {
      throw unsupported("of integers that are no sizes")
    }
    return Constant(dims: dims, content: .integers([whole]))
  }
}

extension ScalarFunction.Binary {
  /// The same on integers, nil where it overflows or has no answer.
  fileprivate func whole(_ a: Int, _ b: Int) -> Int? {
    switch self {
    case .add: return checked(a.addingReportingOverflow(b))
    case .subtract: return checked(a.subtractingReportingOverflow(b))
    case .multiply: return checked(a.multipliedReportingOverflow(by: b))
    case .divide: return checked(a.dividedReportingOverflow(by: b))
    case .minimum: return min(a, b)
    case .maximum: return max(a, b)
    case .greater: return a > b ? 1 : 0
    case .power: return Int(exactly: self(Float(a), Float(b)))
    }
  }

  private func checked(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
    result.overflow ? nil : result.partialValue
  }
}
