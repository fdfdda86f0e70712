import Foundation

/// A function of one real number, written down as an expression: what an elementwise chain of an
/// exporter's nodes (`x * Sigmoid(x)`, `0.5 * x * (1 + Erf(x / sqrt 2))`, ...) amounts to.
///
/// On 8-bit activations any such function is a table of 256 bytes, so nothing has to know which
/// one it is.
public struct ScalarFunction: Hashable, Sendable {
  indirect enum Expression: Hashable, Sendable {
    case input
    case constant(Float)
    case unary(Unary, Expression)
    case binary(Binary, Expression, Expression)
  }

  public enum Unary: String, Hashable, Sendable {
    case absolute, ceiling, error, exponential, floor, logarithm, negate, reciprocal, round
    case sigmoid, sign, sine, cosine, softplus, squareRoot, tangentHyperbolic
  }

  public enum Binary: String, Hashable, Sendable {
    case add, subtract, multiply, divide, minimum, maximum, power
    /// 1 where the left side is above the right one, else 0.
    case greater
  }

  let expression: Expression
  /// Operations in it, counted as often as they are written.
  public let operations: Int

  private init(_ expression: Expression, _ operations: Int) {
    self.expression = expression
    self.operations = operations
  }

  /// The function that gives what it is given.
  public static let identity = ScalarFunction(.input, 0)

  public static func constant(_ value: Float) -> ScalarFunction {
    ScalarFunction(.constant(value), 0)
  }

  /// `operation` of what this function gives.
  public func applying(_ operation: Unary) -> ScalarFunction {
    if case .constant(let value) = expression { return .constant(operation(value)) }
    return ScalarFunction(.unary(operation, expression), operations &+ 1)
  }

  /// `left operation right`, both functions of the same number.
  public static func combining(
    _ operation: Binary, _ left: ScalarFunction, _ right: ScalarFunction
  ) -> ScalarFunction {
    switch (operation, left.expression, right.expression) {
    case (_, .constant(let a), .constant(let b)): return .constant(operation(a, b))
    case (.add, .constant(0), _), (.multiply, .constant(1), _): return right
    case (.add, _, .constant(0)), (.subtract, _, .constant(0)), (.multiply, _, .constant(1)),
      (.divide, _, .constant(1)), (.power, _, .constant(1)):
      return left
    default:
      return ScalarFunction(
        .binary(operation, left.expression, right.expression),
        left.operations &+ right.operations &+ 1)
    }
  }

  /// This function of what `inner` gives.
  public func after(_ inner: ScalarFunction) -> ScalarFunction {
    Self.build(expression, inner)
  }

  private static func build(_ expression: Expression, _ inner: ScalarFunction) -> ScalarFunction {
    switch expression {
    case .input: inner
    case .constant(let value): .constant(value)
    case .unary(let operation, let operand): build(operand, inner).applying(operation)
    case .binary(let operation, let left, let right):
      .combining(operation, build(left, inner), build(right, inner))
    }
  }

  /// Its value at `x`.
  public func callAsFunction(_ x: Float) -> Float { Self.value(expression, x) }

  private static func value(_ expression: Expression, _ x: Float) -> Float {
    switch expression {
    case .input: x
    case .constant(let value): value
    case .unary(let operation, let operand): operation(value(operand, x))
    case .binary(let operation, let left, let right): operation(value(left, x), value(right, x))
    }
  }
}

extension ScalarFunction.Unary {
  public func callAsFunction(_ x: Float) -> Float {
    switch self {
    case .absolute: abs(x)
    case .ceiling: x.rounded(.up)
    case .error: erf(x)
    case .exponential: exp(x)
    case .floor: x.rounded(.down)
    case .logarithm: log(x)
    case .negate: -x
    case .reciprocal: 1 / x
    case .round: x.rounded(.toNearestOrEven)
    case .sigmoid: 1 / (1 + exp(-x))
    case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
    case .sine: sin(x)
    case .cosine: cos(x)
    // log1p(exp x), which would overflow above 88.
    case .softplus: max(x, 0) + log1p(exp(-abs(x)))
    case .squareRoot: x.squareRoot()
    case .tangentHyperbolic: tanh(x)
    }
  }
}

extension ScalarFunction.Binary {
  public func callAsFunction(_ a: Float, _ b: Float) -> Float {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .minimum: a < b ? a : b
    case .maximum: a > b ? a : b
    case .power: pow(a, b)
    case .greater: a > b ? 1 : 0
    }
  }
}
