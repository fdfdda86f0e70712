/// Moves bytes: concatenation.
public struct CopyView {
  static let rules = OperationRules(keepsQuantization: true, writesExactly: true)
}

/// Each byte through a table: an activation or a change of quantisation. The output may be the input.
public struct LookupView {
  /// 256 bytes.
  public let table: UnsafeBufferPointer<UInt8>

  static let rules = OperationRules(constants: .table, worksInPlace: true)

  init(_ record: OperationRecord) {
    table = record.array(Layout.Operation.weights, Layout.lookupBytes)
  }
}
