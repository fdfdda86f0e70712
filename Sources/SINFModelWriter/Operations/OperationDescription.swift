import SINFModel

/// One operation on tensors of the plan (indices into `ModelDescription.tensors`).
public enum OperationDescription: Sendable {
  case convolution(QuantizedConvolution, input: Int, output: Int)
  case depthwise(QuantizedConvolution, input: Int, output: Int)
  case maxPool(Window, input: Int, output: Int)
  /// `multiplier` is inputScale / outputScale; the divisor is the number of averaged elements.
  case averagePool(Window, countsPadding: Bool, multiplier: Float, input: Int, output: Int)
  /// output = zeroPoint + round((a - za) * multiplierA + (b - zb) * multiplierB), clamped.
  case add(
    multiplierA: Float, multiplierB: Float, low: UInt8, high: UInt8, a: Int, b: Int, output: Int)
  /// output = zeroPoint + round((a - za) * (b - zb) * multiplier), clamped, where multiplier is scale of
  /// a times scale of b / output scale. `b` has the shape of `a`, or is one pixel of as many channels
  /// that meets every pixel of `a` (squeeze and excitation).
  case multiply(multiplier: Float, low: UInt8, high: UInt8, a: Int, b: Int, output: Int)
  /// Copies channels byte by byte: both tensors have the same quantisation.
  case copy(input: Int, output: Int)
  /// output = table[input], 256 entries: a lone activation or a change of quantisation.
  case lookup(table: [UInt8], input: Int, output: Int)
}

extension OperationDescription {
  var kind: OperationKind {
    switch self {
    case .convolution: .convolution
    case .depthwise: .depthwise
    case .maxPool: .maxPool
    case .averagePool: .averagePool
    case .add: .add
    case .multiply: .multiply
    case .copy: .copy
    case .lookup: .lookup
    }
  }

  /// Fills what the kind has in its record, and in the weights section, besides kind and tensors.
  /// Returns those: first input and output.
  func write(
    to record: inout Record, _ layout: inout OperationLayout
  ) throws(DescriptionError) -> (input: Int, output: Int) {
    switch self {
    case .convolution(let convolution, let input, let output):
      try convolution.write(to: &record, &layout, input: input, output: output)
      return (input, output)
    case .depthwise(let convolution, let input, let output):
      try convolution.writeDepthwise(to: &record, &layout, output: output)
      return (input, output)
    case .maxPool(let window, let input, let output):
      try window.write(to: &record)
      return (input, output)
    case .averagePool(let window, let countsPadding, let multiplier, let input, let output):
      try window.writeAverage(
        to: &record, countsPadding: countsPadding, multiplier: multiplier)
      return (input, output)
    case .add(let multiplierA, let multiplierB, let low, let high, let a, let b, let output):
      try record.put(Layout.Operation.secondInput, b, as: UInt16.self, "b")
      record.put(Layout.Operation.multiplier, multiplierA)
      record.put(Layout.Operation.secondMultiplier, multiplierB)
      record.put(low: low, high: high)
      return (a, output)
    case .multiply(let multiplier, let low, let high, let a, let b, let output):
      try record.put(Layout.Operation.secondInput, b, as: UInt16.self, "b")
      record.put(Layout.Operation.multiplier, multiplier)
      record.put(low: low, high: high)
      layout.need(minorVersion: 2)
      return (a, output)
    case .copy(let input, let output):
      return (input, output)
    case .lookup(let table, let input, let output):
      try layout.put(table: table, in: &record)
      return (input, output)
    }
  }

  /// Multiply-accumulates for one image, borders counted in full: of convolutions, 0 for others.
  /// `tensors` is the plan's list.
  public func multiplyAccumulates(_ tensors: [TensorDescription]) -> Int {
    func outputs(_ index: Int) -> Int {
      tensors[index].height * tensors[index].width * tensors[index].channels
    }
    switch self {
    case .convolution(let convolution, let input, let output):
      return outputs(output) * convolution.window.elements * tensors[input].channels
    case .depthwise(let convolution, _, let output):
      return outputs(output) * convolution.window.elements
    case .maxPool, .averagePool, .add, .multiply, .copy, .lookup:
      return 0
    }
  }
}
