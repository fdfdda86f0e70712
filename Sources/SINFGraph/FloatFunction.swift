/// Every number of `input` through `function`.
func map(_ input: Tensor, _ function: ScalarFunction) -> Tensor {
  let total = input.storage.count
  return Tensor(count: input.count, shape: input.shape) { target in
    input.storage.withUnsafeBufferPointer { source in
      guard let source = source.baseAddress else { return }
      for start in stride(from: 0, to: total, by: blockNumbers) {
        evaluate(
          function.expression, source + start, count: min(blockNumbers, total - start),
          into: target + start)
      }
    }
  }
}

extension ScalarFunction {
  /// Its values at `numbers`.
  public func values(_ numbers: [Float]) -> [Float] {
    let shape = Shape(height: 1, width: 1, channels: numbers.count)
    return map(Tensor(count: 1, shape: shape, storage: numbers), self).storage
  }
}

/// Numbers that go through an expression together: few enough that every intermediate result of
/// them stays in the first cache.
private let blockNumbers = 1024

private func evaluate(
  _ expression: ScalarFunction.Expression, _ source: UnsafePointer<Float>, count: Int,
  into target: UnsafeMutablePointer<Float>
) {
  switch expression {
  case .input:
    target.update(from: source, count: count)
  case .constant(let value):
    target.update(repeating: value, count: count)
  case .unary(let operation, let operand):
    evaluate(operand, source, count: count, into: target)
    apply(operation, target, count)
  case .binary(let operation, let left, let right):
    evaluate(left, source, count: count, into: target)
    switch right {
    case .input:
      apply(operation, target, source, count)
    default:
      withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { other in
        let other = other.baseAddress!
        evaluate(right, source, count: count, into: other)
        apply(operation, target, other, count)
      }
    }
  }
}

/// One loop an operation, so that the choice is made once a block.
private func apply(
  _ operation: ScalarFunction.Unary, _ values: UnsafeMutablePointer<Float>, _ count: Int
) {
  switch operation {
  case .negate: for i in 0..<count { values[i] = -values[i] }
  case .absolute: for i in 0..<count { values[i] = abs(values[i]) }
  case .reciprocal: for i in 0..<count { values[i] = 1 / values[i] }
  default: for i in 0..<count { values[i] = operation(values[i]) }
  }
}

private func apply(
  _ operation: ScalarFunction.Binary, _ left: UnsafeMutablePointer<Float>,
  _ right: UnsafePointer<Float>, _ count: Int
) {
  switch operation {
  case .add: for i in 0..<count { left[i] += right[i] }
  case .subtract: for i in 0..<count { left[i] -= right[i] }
  case .multiply: for i in 0..<count { left[i] *= right[i] }
  case .divide: for i in 0..<count { left[i] /= right[i] }
  case .minimum: for i in 0..<count { left[i] = left[i] < right[i] ? left[i] : right[i] }
  case .maximum: for i in 0..<count { left[i] = left[i] > right[i] ? left[i] : right[i] }
  default: for i in 0..<count { left[i] = operation(left[i], right[i]) }
  }
}
