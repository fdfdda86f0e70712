extension Model {
  /// Checks that input, window and output of an operation fit together.
  func checkShapes(_ record: RecordCheck, _ operation: OperationView) throws(ModelError) {
    let input = operation.input
    let output = operation.output
    if operation.kind.rules.keepsChannels {
      try record.require(
        output.channels == input.channels, Layout.Operation.output, Int64(output.channels),
        "the output has as many channels as the input", Int64(input.channels))
    }
    if let window = operation.window { try checkWindow(record, operation, window) }
    try operation.checkShape(record)
  }

  private func checkWindow(
    _ record: RecordCheck, _ operation: OperationView, _ window: WindowView
  ) throws(ModelError) {
    typealias Field = Layout.Operation
    let input = operation.input
    let output = operation.output
    let isPool = operation.kind.rules.window == .pool
    let rows = try checkAxis(
      record, isPool: isPool, fields: (Field.kernelHeight, Field.strideHeight, Field.padTop),
      kernel: window.kernelHeight, stride: window.strideHeight, pad: window.padTop,
      input: input.height, output: output.height)
    let columns = try checkAxis(
      record, isPool: isPool, fields: (Field.kernelWidth, Field.strideWidth, Field.padLeft),
      kernel: window.kernelWidth, stride: window.strideWidth, pad: window.padLeft,
      input: input.width, output: output.width)
    try checkReach(record, window, input, rows: rows, columns: columns)
  }

  /// Checks the window along one axis and returns how far it goes from the first padding to one step
  /// behind the last, in rows or columns. The padding at the far end is what the output implies: not
  /// less than none but for rows that a stride leaves over.
  private func checkAxis(
    _ record: RecordCheck, isPool: Bool, fields: (kernel: Int, stride: Int, pad: Int),
    kernel: Int, stride: Int, pad: Int, input: Int, output: Int
  ) throws(ModelError) -> Int64 {
    try record.require(
      Int64(kernel), fields.kernel, in: 1...Layout.Limit.extent, "a kernel's side is at least",
      "a kernel's side is at most")
    try record.require(
      Int64(stride), fields.stride, in: 1...Layout.Limit.stride, "a stride is at least",
      "a stride is at most")
    // A pool's window always holds a pixel; a convolution may see nothing but padding.
    let mostPadding = isPool ? min(Int64(kernel - 1), Layout.Limit.padding) : Layout.Limit.padding
    try record.require(
      Int64(pad) <= mostPadding, fields.pad, Int64(pad), "padding is at most", mostPadding)
    // All below 2^23.
    let lastStart = Int64(output - 1) * Int64(stride) - Int64(pad)
    let farPadding = lastStart + Int64(kernel) - Int64(input)
    try record.require(
      farPadding > -Int64(stride), fields.kernel, farPadding,
      "the windows reach the image's end; the padding there is above", -Int64(stride))
    try record.require(
      farPadding <= mostPadding, fields.kernel, farPadding,
      "the windows end with the image; the padding there is at most", mostPadding)
    return Int64(pad) + Int64(input) + max(farPadding, 0) + Int64(stride)
  }

  /// Checks that what kernels multiply of a window and the pixels below it fits 32 bits: distances
  /// in the input, in bytes, from wherever a window may begin, padding included, which 32-bit
  /// targets count in `ptrdiff_t`; and the input bytes of one output pixel, which the tiled
  /// convolutions count in blocks (conv_tiles.c).
  private func checkReach(
    _ record: RecordCheck, _ window: WindowView, _ input: TensorView, rows: Int64, columns: Int64
  ) throws(ModelError) {
    typealias Field = Layout.Operation
    let most = Int64(Int32.max)
    let pixel = Int64(input.pixelStride)
    let steps: StaticString = "an input pixel's bytes times the strides are at most"
    let row = try record.product(
      pixel, Int64(window.strideHeight), atMost: most, Field.strideHeight, steps)
    _ = try record.product(
      row, Int64(window.strideWidth), atMost: most, Field.strideWidth, steps)
    let reach: StaticString = "the bytes that a window passes, padding included, are at most"
    let down = try record.product(
      rows,
      try record.product(
        Int64(input.width), pixel, atMost: most, Field.kernelHeight, reach),
      atMost: most, Field.kernelHeight, reach)
    let across = try record.product(columns, pixel, atMost: most, Field.kernelWidth, reach)
    try record.require(down + across <= most, Field.kernelWidth, down + across, reach, most)
  }
}

/// What a program costs for one image.
struct Cost {
  /// Of convolutions, borders counted in full.
  var multiplyAccumulates: Int64 = 0
  /// The same with pools and elementwise operations.
  private var work: Int64 = 0

  mutating func add(_ operation: OperationView, _ record: RecordCheck) throws(ModelError) {
    let output = operation.output
    let room = Layout.Limit.work - work
    func times(_ a: Int64, _ b: Int) throws(ModelError) -> Int64 {
      try record.product(
        a, Int64(b), atMost: room, Layout.Operation.kind,
        "a program visits few enough window elements; what is left is")
    }
    var cost = try times(times(Int64(output.height), output.width), output.channels)
    if let window = operation.window {
      cost = try times(times(cost, window.kernelHeight), window.kernelWidth)
    }
    let rules = operation.kind.rules
    if rules.constants == .convolution { cost = try times(cost, operation.input.channels) }
    work += cost
    if rules.isConvolution { multiplyAccumulates += cost }
  }
}
