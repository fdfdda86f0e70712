/// The largest value of each window.
public struct MaxPoolView {
  public let window: WindowView

  static let rules = OperationRules(window: .pool, keepsQuantization: true)

  init(_ record: OperationRecord) { window = record.window }
}

/// The mean of each window.
public struct AveragePoolView {
  public let window: WindowView
  /// Whether padding counts in the divisor.
  public let countsPadding: Bool
  /// Input scale / output scale.
  public let multiplier: Float

  static let rules = OperationRules(
    window: .pool, flags: Layout.Operation.countsPaddingFlag, multipliers: 1)

  init(_ record: OperationRecord) {
    window = record.window
    countsPadding = record.has(flag: Layout.Operation.countsPaddingFlag)
    multiplier = record.multiplier
  }

  /// A window's sum stays inside 32 bits.
  func checkShape(_ record: RecordCheck, _ operation: OperationView) throws(ModelError) {
    _ = try record.product(
      Int64(min(window.kernelHeight, operation.input.height)),
      Int64(min(window.kernelWidth, operation.input.width)), atMost: Int64(Int32.max) / 255,
      Layout.Operation.kernelHeight, "averaged elements are at most")
  }
}
