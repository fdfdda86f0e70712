import SINFModel

extension ProgramDescription {
  /// The program with only these of its logits, in this order; `tensors`, the plan's list, gets the
  /// shorter vector that it then writes.
  ///
  /// Errors: `DescriptionError` when the logits aren't what its last operation, a convolution, writes.
  func selectingLogits(
    _ kept: [Int], _ tensors: inout [TensorDescription]
  ) throws(DescriptionError) -> ProgramDescription {
    var logits = tensors[output]
    if kept.elementsEqual(0..<logits.channels) { return self }
    guard case .convolution(let convolution, let input, output) = operations.last else {
      throw DescriptionError(
        place: "program '\(kind)', operation \(operations.count - 1)",
        found: operations.last.map { "\($0.kind.name)" } ?? "none",
        expected: "a convolution that writes all logits, some of which have to go")
    }
    if logits.pixelStride == 4 * logits.channels { logits.pixelStride = 4 * kept.count }
    logits.channels = kept.count
    tensors.append(logits)
    let last = OperationDescription.convolution(
      convolution.selectingOutputs(kept), input: input, output: tensors.count - 1)
    return ProgramDescription(
      kind: kind, cluster: cluster, input: self.input, output: tensors.count - 1,
      operations: operations.dropLast() + [last], tensors: tensors)
  }
}

extension QuantizedConvolution {
  /// Only these output channels, in this order. Not for depthwise convolutions.
  func selectingOutputs(_ channels: [Int]) -> QuantizedConvolution {
    let taps = weights.count / bias.count
    var selected = self
    selected.weights = channels.flatMap { weights[$0 * taps..<($0 + 1) * taps] }
    selected.bias = channels.map { bias[$0] }
    selected.multipliers = channels.map { multipliers[$0] }
    return selected
  }
}
