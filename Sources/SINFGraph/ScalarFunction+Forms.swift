extension ScalarFunction {
  /// `scale * x + shift`, where it is that.
  public var affine: (scale: Float, shift: Float)? { Self.affine(expression) }

  private static func affine(_ expression: Expression) -> (scale: Float, shift: Float)? {
    switch expression {
    case .input: return (1, 0)
    case .constant(let value): return (0, value)
    case .unary(.negate, let operand): return affine(operand).map { (-$0.scale, -$0.shift) }
    case .unary: return nil
    case .binary(let operation, let left, let right):
      guard let a = affine(left), let b = affine(right) else { return nil }
      switch operation {
      case .add: return (a.scale + b.scale, a.shift + b.shift)
      case .subtract: return (a.scale - b.scale, a.shift - b.shift)
      case .multiply where b.scale == 0: return (a.scale * b.shift, a.shift * b.shift)
      case .multiply where a.scale == 0: return (b.scale * a.shift, b.shift * a.shift)
      case .divide where b.scale == 0: return (a.scale / b.shift, a.shift / b.shift)
      default: return nil
      }
    }
  }

  /// The bounds that it holds its argument between, where that is all that it does.
  public var clamp: Activation? { Self.clamp(expression) }

  private static func clamp(_ expression: Expression) -> Activation? {
    switch expression {
    case .input: return Activation.none
    case .binary(.maximum, let operand, .constant(let low)),
      .binary(.maximum, .constant(let low), let operand):
      return clamp(operand)?.followed(by: .between(low: low, high: .infinity))
    case .binary(.minimum, let operand, .constant(let high)),
      .binary(.minimum, .constant(let high), let operand):
      return clamp(operand)?.followed(by: .between(low: -.infinity, high: high))
    default: return nil
    }
  }

  // MARK: The field's own

  public static let sigmoid = identity.applying(.sigmoid)
  public static let tanh = identity.applying(.tangentHyperbolic)
  public static let softplus = identity.applying(.softplus)
  public static let softsign = identity / (1 + identity.applying(.absolute))
  public static let hardSwish = identity * hardSigmoid(alpha: 1 / 6, beta: 0.5)
  public static let mish = identity * softplus.applying(.tangentHyperbolic)
  /// x * Phi(x).
  public static let gelu =
    0.5 * identity * (1 + (identity / constant(Float(2).squareRoot())).applying(.error))
  /// The usual approximation of `gelu` by a hyperbolic tangent.
  public static let geluByTanh =
    0.5 * identity
    * (1
      + (0.7978846 * (identity + 0.044715 * identity * identity * identity))
      .applying(.tangentHyperbolic))

  public static func affine(scale: Float, shift: Float) -> ScalarFunction {
    constant(scale) * identity + constant(shift)
  }

  /// The argument held between two bounds; infinite ones don't bound.
  public static func clamp(low: Float, high: Float) -> ScalarFunction {
    var result = identity
    if low > -.infinity { result = combining(.maximum, result, constant(low)) }
    if high < .infinity { result = combining(.minimum, result, constant(high)) }
    return result
  }

  public static func hardSigmoid(alpha: Float, beta: Float) -> ScalarFunction {
    clamp(low: 0, high: 1).after(affine(scale: alpha, shift: beta))
  }

  /// x * sigmoid(alpha x); SiLU with 1.
  public static func swish(alpha: Float) -> ScalarFunction {
    identity * sigmoid.after(constant(alpha) * identity)
  }

  public static func leakyRelu(alpha: Float) -> ScalarFunction {
    positivePart + constant(alpha) * negativePart
  }

  /// gamma * x above zero, gamma * alpha * (exp(x / width) - 1) below.
  public static func elu(
    alpha: Float, gamma: Float = 1, width: Float = 1
  ) -> ScalarFunction {
    constant(gamma)
      * (positivePart
        + constant(alpha) * ((negativePart / constant(width)).applying(.exponential) - 1))
  }

  /// x above alpha, 0 elsewhere.
  public static func thresholdedRelu(alpha: Float) -> ScalarFunction {
    identity * combining(.greater, identity, constant(alpha))
  }

  private static let positivePart = combining(.maximum, identity, constant(0))
  private static let negativePart = combining(.minimum, identity, constant(0))

  static func + (left: ScalarFunction, right: ScalarFunction) -> ScalarFunction {
    combining(.add, left, right)
  }
  static func - (left: ScalarFunction, right: ScalarFunction) -> ScalarFunction {
    combining(.subtract, left, right)
  }
  static func * (left: ScalarFunction, right: ScalarFunction) -> ScalarFunction {
    combining(.multiply, left, right)
  }
  static func / (left: ScalarFunction, right: ScalarFunction) -> ScalarFunction {
    combining(.divide, left, right)
  }
}

extension ScalarFunction: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Float) { self = .constant(value) }
  public init(integerLiteral value: Int) { self = .constant(Float(value)) }
}
