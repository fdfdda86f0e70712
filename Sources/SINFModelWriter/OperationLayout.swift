import SINFModel

/// Turns the operations of one program into records and the arrays of its weights section.
struct OperationLayout {
  private(set) var weights = SectionBytes()
  /// The lowest minor version of the format that has all that the operations use.
  private(set) var needsMinorVersion: UInt16 = 0
  private let tensors: [TensorDescription]

  init(tensors: [TensorDescription]) {
    self.tensors = tensors
  }

  mutating func record(of operation: OperationDescription, place: String)
    throws(DescriptionError) -> Record
  {
    typealias Field = Layout.Operation
    var record = Record(byteCount: Field.stride, place: place)
    record.put(Field.kind, operation.kind.rawValue)
    record.put(Field.secondInput, Layout.noTensor)
    let ends = try operation.write(to: &record, &self)
    try record.put(Field.input, ends.input, as: UInt16.self, "input")
    try record.put(Field.output, ends.output, as: UInt16.self, "output")
    return record
  }

  func tensor(_ index: Int, _ place: String) throws(DescriptionError) -> TensorDescription {
    guard tensors.indices.contains(index) else {
      throw DescriptionError(
        place: place, found: "tensor \(index)", expected: "below \(tensors.count)")
    }
    return tensors[index]
  }

  /// The operation needs a reader of this minor version.
  mutating func need(minorVersion: UInt16) {
    needsMinorVersion = max(needsMinorVersion, minorVersion)
  }

  /// Appends an array to the weights section and notes its place.
  mutating func put<Value: FixedWidthInteger>(
    _ values: [Value], in record: inout Record, _ field: Int, _ name: String
  ) throws(DescriptionError) {
    let start = weights.append(values, alignment: Layout.alignment)
    try record.put(field, start, as: UInt32.self, name)
  }

  /// Appends a table of 256 bytes.
  mutating func put(table: [UInt8], in record: inout Record) throws(DescriptionError) {
    try DescriptionError.check(
      "\(record.place), table", count: table.count, equals: Layout.lookupBytes)
    try put(table, in: &record, Layout.Operation.weights, "table")
    record.put(Layout.Operation.weightBytes, UInt32(table.count))
  }
}

extension Record {
  mutating func put(low: UInt8, high: UInt8) {
    put(Layout.Operation.low, low)
    put(Layout.Operation.high, high)
  }
}
