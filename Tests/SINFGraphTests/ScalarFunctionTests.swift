import Foundation
import Testing

@testable import SINFGraph

@Suite struct ScalarFunctionTests {
  static let known: [(String, ScalarFunction, @Sendable (Double) -> Double)] = [
    ("sigmoid", .sigmoid, { 1 / (1 + exp(-$0)) }),
    ("tanh", .tanh, { tanh($0) }),
    ("softplus", .softplus, { log(1 + exp($0)) }),
    ("softsign", .softsign, { $0 / (1 + abs($0)) }),
    ("hard swish", .hardSwish, { $0 * min(max($0 / 6 + 0.5, 0), 1) }),
    ("mish", .mish, { $0 * tanh(log(1 + exp($0))) }),
    ("gelu", .gelu, { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }),
    (
      "gelu by tanh", .geluByTanh,
      { 0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }
    ),
    ("swish", .swish(alpha: 1.5), { $0 / (1 + exp(-1.5 * $0)) }),
    ("leaky", .leakyRelu(alpha: 0.1), { $0 < 0 ? 0.1 * $0 : $0 }),
    ("elu", .elu(alpha: 0.7), { $0 < 0 ? 0.7 * (exp($0) - 1) : $0 }),
    ("celu", .elu(alpha: 0.5, width: 0.5), { $0 < 0 ? 0.5 * (exp($0 / 0.5) - 1) : $0 }),
    ("thresholded", .thresholdedRelu(alpha: 1), { $0 > 1 ? $0 : 0 }),
  ]

  @Test(arguments: known.indices) func agreesWithItsDefinition(index: Int) {
    let (name, function, definition) = Self.known[index]
    // More than one block, and no multiple of its size.
    let numbers = (0..<1500).map { Float($0 - 750) / 75 }
    let input = Tensor(
      count: 3, shape: Shape(height: 5, width: 10, channels: 10), storage: numbers)
    let whole = map(input, function)
    for (x, y) in zip(numbers, whole.storage) {
      let expected = definition(Double(x))
      #expect(abs(Double(y) - expected) <= 2e-6 * max(1, abs(expected)), "\(name) of \(x)")
      #expect(function(x) == y, "\(name) of \(x)")
    }
  }

  @Test func formsAreSeen() {
    let x = ScalarFunction.identity
    #expect((3 * (x - 1) + x / 2).affine.map { [$0.scale, $0.shift] } == [3.5, -3])
    #expect(ScalarFunction.sigmoid.affine == nil && (x * x).affine == nil)
    #expect(ScalarFunction.clamp(low: 0, high: 6).clamp == .clamp(low: 0, high: 6))
    #expect(ScalarFunction.clamp(low: 0, high: .infinity).clamp == .relu)
    #expect(ScalarFunction.hardSwish.clamp == nil)
    #expect(x.after(.sigmoid) == .sigmoid)
  }
}
