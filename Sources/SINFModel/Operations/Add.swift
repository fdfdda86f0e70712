/// The sum of two tensors of one shape. The output may be one of them.
public struct AddView {
  public let second: TensorView
  /// Scale of the input, and of `second`, divided by the output's.
  public let multiplier: Float
  public let secondMultiplier: Float
  /// Clamp bounds in stored units.
  public let low: UInt8
  public let high: UInt8

  static let rules = OperationRules(
    hasSecondInput: true, hasBounds: true, multipliers: 2, worksInPlace: true)

  init(_ record: OperationRecord) {
    second = record.secondInput
    multiplier = record.multiplier
    secondMultiplier = record.secondMultiplier
    low = record.low
    high = record.high
  }

  func checkShape(_ record: RecordCheck, _ operation: OperationView) throws(ModelError) {
    let input = operation.input
    try record.require(
      second.height == input.height && second.width == input.width
        && second.channels == input.channels, Layout.Operation.secondInput,
      record.u16(Layout.Operation.secondInput), "summands have the same shape")
    try operation.checkSameSize(record)
  }
}
