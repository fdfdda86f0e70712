extension Model {
  /// Checks that input, window and output of an operation fit together.
  func checkShapes(_ record: RecordCheck) throws(ModelError) {
    typealias Field = Layout.Operation
    let operation = operation(record.index, weights: UnsafeRawBufferPointer(start: nil, count: 0))
    let input = operation.input
    let output = operation.output
    if operation.kind != .convolution {
      try record.require(
        output.channels == input.channels, Field.output, Int64(output.channels),
        "the output has as many channels as the input", Int64(input.channels))
    }
    switch operation.kind {
    case .convolution, .depthwise, .maxPool, .averagePool:
      let isPool = operation.kind == .maxPool || operation.kind == .averagePool
      let window = operation.window
      try checkAxis(
        record, isPool: isPool, fields: (Field.kernelHeight, Field.strideHeight, Field.padTop),
        kernel: window.kernelHeight, stride: window.strideHeight, pad: window.padTop,
        input: input.height, output: output.height)
      try checkAxis(
        record, isPool: isPool, fields: (Field.kernelWidth, Field.strideWidth, Field.padLeft),
        kernel: window.kernelWidth, stride: window.strideWidth, pad: window.padLeft,
        input: input.width, output: output.width)
      if operation.kind == .averagePool {
        let most = Int64(Int32.max) / 255
        let count =
          Int64(min(window.kernelHeight, input.height))
          * Int64(min(window.kernelWidth, input.width))
        try record.require(
          count <= most, Field.kernelHeight, count, "averaged elements are at most", most)
      }
    case .add, .copy, .lookup:
      let second = operation.secondInput
      try record.require(
        second.height == input.height && second.width == input.width
          && second.channels == input.channels, Field.secondInput,
        record.u16(Field.secondInput), "summands have the same shape")
      try record.require(
        output.height == input.height && output.width == input.width, Field.output,
        record.u16(Field.output), "the output has the input's height and width")
    }
  }

  /// Checks the window along one axis. The padding at the far end is what the output implies: not
  /// less than none but for rows that a stride leaves over.
  private func checkAxis(
    _ record: RecordCheck, isPool: Bool, fields: (kernel: Int, stride: Int, pad: Int),
    kernel: Int, stride: Int, pad: Int, input: Int, output: Int
  ) throws(ModelError) {
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
  }
}

/// What a program costs for one image.
struct Cost {
  /// Of convolutions, borders counted in full.
  var multiplyAccumulates: Int64 = 0
  /// The same with pools and elementwise operations.
  private var work: Int64 = 0

  mutating func add(_ model: Model, _ record: RecordCheck) throws(ModelError) {
    let operation = model.operation(
      record.index, weights: UnsafeRawBufferPointer(start: nil, count: 0))
    let output = operation.output
    // At most 2^44, then 2^72: only the second product can overflow.
    let elements = Int64(output.height) * Int64(output.width) * Int64(output.channels)
    var taps: Int64 = 1
    switch operation.kind {
    case .convolution, .depthwise, .maxPool, .averagePool:
      taps = Int64(operation.window.kernelHeight) * Int64(operation.window.kernelWidth)
      if operation.kind == .convolution { taps *= Int64(operation.input.channels) }
    case .add, .copy, .lookup: break
    }
    let (cost, overflow) = elements.multipliedReportingOverflow(by: taps)
    let room = Layout.Limit.work - work
    try record.require(
      !overflow && cost <= room, Layout.Operation.kind, overflow ? Int64.max : cost,
      "a program visits few enough window elements; what is left is", room)
    work += cost
    if operation.kind == .convolution || operation.kind == .depthwise {
      multiplyAccumulates += cost
    }
  }
}
