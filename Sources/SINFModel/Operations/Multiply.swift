/// The product of two tensors of one shape, or of a tensor with one pixel that meets all of its own.
/// The output may be an operand of its shape.
public struct MultiplyView {
  public let second: TensorView
  /// Both scales divided by the output's.
  public let multiplier: Float
  /// Clamp bounds in stored units.
  public let low: UInt8
  public let high: UInt8

  static let rules = OperationRules(
    hasSecondInput: true, hasBounds: true, multipliers: 1, worksInPlace: true)

  init(_ record: OperationRecord) {
    second = record.secondInput
    multiplier = record.multiplier
    low = record.low
    high = record.high
  }

  /// Whether `second` is one pixel for all of a larger input's.
  public func repeats(over input: TensorView) -> Bool {
    second.height == 1 && second.width == 1 && (input.height > 1 || input.width > 1)
  }

  func checkShape(_ record: RecordCheck, _ operation: OperationView) throws(ModelError) {
    let input = operation.input
    try record.require(
      second.channels == input.channels
        && (repeats(over: input) || second.height == input.height && second.width == input.width),
      Layout.Operation.secondInput, record.u16(Layout.Operation.secondInput),
      "factors have the shape of what they multiply, or are one pixel of as many channels")
    try operation.checkSameSize(record)
  }
}
