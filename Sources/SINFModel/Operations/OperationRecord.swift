/// Reads the fields of an operation's record, whose kind and tensor indices have been checked.
struct OperationRecord {
  private typealias Field = Layout.Operation

  private let model: Model
  private let at: Int
  /// The program's weights section; empty while it hasn't been checked, and then are all arrays.
  private let section: UnsafeRawBufferPointer

  init(_ model: Model, _ index: Int, weights section: UnsafeRawBufferPointer) {
    self.model = model
    at = model.sections.operations + index * Field.stride
    self.section = section
  }

  var kind: OperationKind {
    OperationKind(rawValue: model.file.u8(at + Field.kind)).unsafelyUnwrapped
  }

  var input: TensorView { tensor(Field.input) }
  var secondInput: TensorView { tensor(Field.secondInput) }
  var output: TensorView { tensor(Field.output) }

  var low: UInt8 { model.file.u8(at + Field.low) }
  var high: UInt8 { model.file.u8(at + Field.high) }
  var multiplier: Float { model.file.f32(at + Field.multiplier) }
  var secondMultiplier: Float { model.file.f32(at + Field.secondMultiplier) }

  var window: WindowView {
    WindowView(
      kernelHeight: short(Field.kernelHeight), kernelWidth: short(Field.kernelWidth),
      strideHeight: short(Field.strideHeight), strideWidth: short(Field.strideWidth),
      padTop: short(Field.padTop), padLeft: short(Field.padLeft))
  }

  var padValues: UnsafeBufferPointer<UInt8> { model.file.bytes(at + Field.padValues, count: 4) }

  var weightBytes: Int { model.file.word(at + Field.weightBytes) }

  func has(flag: UInt8) -> Bool { model.file.u8(at + Field.flags) & flag != 0 }

  /// The array of the weights section whose offset `field` holds.
  func array<Element: BitwiseCopyable>(
    _ field: Int, _ count: Int
  ) -> UnsafeBufferPointer<Element> {
    guard count > 0, let base = section.baseAddress else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return UnsafeBufferPointer(
      start: (base + model.file.word(at + field)).assumingMemoryBound(to: Element.self),
      count: count)
  }

  private func tensor(_ field: Int) -> TensorView { model.tensor(short(field)) }
  private func short(_ field: Int) -> Int { model.file.short(at + field) }
}

extension Model {
  /// The operation of record `index` of the section `.operations`, with its program's weights.
  func operation(_ index: Int, weights section: UnsafeRawBufferPointer) -> OperationView {
    let record = OperationRecord(self, index, weights: section)
    return OperationView(
      input: record.input, output: record.output, function: OperationFunction(record))
  }
}
