/// Walks through a program's weights section in step with its operations. Arrays follow one
/// another in the order weights, bias, sums, multipliers, each at the next multiple of 64, so that
/// neither overlap nor gap is possible.
struct WeightsCursor {
  private let model: Model
  private let program: Int
  private let base: Int
  private let byteCount: Int64
  private var position: Int64 = 0

  init(model: Model, program: Int) {
    self.model = model
    self.program = program
    let entry = Sections.entry(SectionKind.fixedCount + program)
    base = model.file.word(entry + Layout.Section.offset)
    byteCount = Int64(model.file.word(entry + Layout.Section.byteCount))
  }

  /// Checks the arrays of one operation, whose shapes have passed.
  mutating func check(_ record: RecordCheck, _ shape: OperationView) throws(ModelError) {
    typealias Field = Layout.Operation
    switch shape.kind.rules.constants {
    case .none: break
    case .table:
      try take(record, Field.weights, bytes: Int64(Layout.lookupBytes))
      try record.require(
        record.u32(Field.weightBytes) == Int64(Layout.lookupBytes), Field.weightBytes,
        record.u32(Field.weightBytes), "a lookup's table has bytes", Int64(Layout.lookupBytes))
    case .convolution: try check(record, shape, isDepthwise: false)
    case .depthwise: try check(record, shape, isDepthwise: true)
    }
  }

  private mutating func check(
    _ record: RecordCheck, _ shape: OperationView, isDepthwise: Bool
  ) throws(ModelError) {
    typealias Field = Layout.Operation
    guard let window = shape.window else { return }
    let channels = ConvolutionView.packedChannels(shape.output.channels, isDepthwise: isDepthwise)
    let lanes = isDepthwise ? 1 : (shape.input.channels + 3) & ~3
    func times(_ a: Int64, _ b: Int) throws(ModelError) -> Int64 {
      try record.product(
        a, Int64(b), atMost: Layout.Limit.fileBytes, Field.weightBytes,
        "packed weights fit a file; their bytes are at most")
    }
    let taps = try times(Int64(window.kernelHeight), window.kernelWidth)
    let bytes = try times(times(taps, lanes), channels)
    try record.require(
      record.u32(Field.weightBytes) == bytes, Field.weightBytes, record.u32(Field.weightBytes),
      "packed weights have the bytes that the shape implies", bytes)
    try take(record, Field.weights, bytes: bytes)
    try take(record, Field.bias, bytes: Int64(channels) * 4)
    try take(record, Field.weightSums, bytes: Int64(channels) * 4)
    try take(record, Field.multipliers, bytes: Int64(channels) * 4)
    let section = UnsafeRawBufferPointer(start: model.file.base + base, count: Int(byteCount))
    let found = ConvolutionView(
      OperationRecord(model, record.index, weights: section), isDepthwise: isDepthwise)
    let arrays = WeightsCheck(
      file: model.file, program: program, convolution: found, inputChannels: shape.input.channels,
      outputChannels: shape.output.channels)
    if isDepthwise { try arrays.checkDepthwise() } else { try arrays.checkConvolution() }
    model.file.drop(base, count: Int(position))
  }

  /// Checks that the section ends with its last array.
  func checkEnd() throws(ModelError) {
    guard position == byteCount else {
      throw ModelError(
        .weights, program, offset: Int64(base) + position, found: byteCount,
        "the section ends with its last array, whose end is", limit: position)
    }
  }

  /// Checks that the array in `field` is the next one and inside the section.
  private mutating func take(_ record: RecordCheck, _ field: Int, bytes: Int64) throws(ModelError) {
    let start = Sections.aligned(position)
    try record.require(
      record.u32(field) == start, field, record.u32(field),
      "an array begins at the next multiple of 64 behind the one before, here", start)
    try record.require(
      start + bytes <= byteCount, field, start + bytes,
      "an array ends inside the weights section, whose bytes are", byteCount)
    while position < start {
      let at = base + Int(position)
      guard model.file.u8(at) == 0 else {
        throw ModelError(
          .weights, program, offset: Int64(at), found: Int64(model.file.u8(at)),
          "bytes between arrays are zero", limit: 0)
      }
      position += 1
    }
    position = start + bytes
  }
}
