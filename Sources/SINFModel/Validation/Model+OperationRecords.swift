extension Model {
  /// Checks a program's operations: records, shapes, weights, and who writes what before whom.
  func checkOperations(_ program: RecordCheck, _ kind: ProgramKind) throws(ModelError) {
    typealias Field = Layout.Operation
    let first = Int(program.u32(Layout.Program.firstOperation))
    let count = Int(program.u32(Layout.Program.operationCount))
    var weights = WeightsCursor(model: self, program: program.index)
    var cost = Cost()
    for index in first..<first + count {
      let record = RecordCheck(
        file: file, section: .operations, index: index,
        at: sections.operations + index * Field.stride)
      try checkIndices(record)
      try checkUse(record)
      try checkElements(record, program)
      try checkShapes(record)
      try cost.add(self, record)
      try weights.check(record)
      try checkOverlap(record)
      try checkOrigin(of: .input, record, program)
      if file.u8(record.at + Field.kind) == OperationKind.add.rawValue {
        try checkOrigin(of: .secondInput, record, program)
      }
    }
    try weights.checkEnd()
    typealias Program = Layout.Program
    let claimed = file.u64(program.at + Program.multiplyAccumulates)
    try program.require(
      claimed == UInt64(cost.multiplyAccumulates), Program.multiplyAccumulates,
      Int64(clamping: claimed), "a program's multiply-accumulates are those of its convolutions",
      cost.multiplyAccumulates)
    try checkOrigin(of: .programOutput, program, program)
    if kind == .route { try checkFeaturesSurvive(first, count) }
  }

  /// Kind and tensor indices: what is needed to look at the operation at all.
  private func checkIndices(_ record: RecordCheck) throws(ModelError) {
    typealias Field = Layout.Operation
    let raw = record.u8(Field.kind)
    let kind = OperationKind(rawValue: UInt8(raw))
    try record.require(kind != nil, Field.kind, raw, "an operation's kind is in 1 ... 7")
    for field in Field.input...Field.output where field % 2 == 0 {
      let index = record.u16(field)
      if field == Field.secondInput, kind != .add {
        try record.require(
          index == Int64(Layout.noTensor), field, index, "only an addition has a second input",
          Int64(Layout.noTensor))
      } else {
        try record.require(
          index < tensorCount, field, index, "a tensor's index is below", Int64(tensorCount))
      }
    }
  }

  /// Fields that the kind has no use for are zero.
  private func checkUse(_ record: RecordCheck) throws(ModelError) {
    typealias Field = Layout.Operation
    let kind = OperationKind(rawValue: file.u8(record.at + Field.kind)).unsafelyUnwrapped
    let isConvolution = kind == .convolution || kind == .depthwise
    let hasWindow = isConvolution || kind == .maxPool || kind == .averagePool
    let flags = record.u8(Field.flags)
    try record.require(
      flags == 0 || flags == Int64(Field.countsPaddingFlag) && kind == .averagePool
        || flags == Int64(Field.pairsFitFlag) && kind == .convolution, Field.flags, flags,
      "flags are 0, 1 for an average that counts padding, or 2 for a convolution whose pairs fit")
    if isConvolution || kind == .add {
      try record.require(
        record.u8(Field.low) <= record.u8(Field.high), Field.low, record.u8(Field.low),
        "the lower bound is at most the upper one", record.u8(Field.high))
    } else {
      try record.requireZero(Field.low, count: 2)
    }
    try record.requireZero(Field.reserved0, count: 2)
    if !hasWindow { try record.requireZero(Field.kernelHeight, count: 12) }
    if !isConvolution { try record.requireZero(Field.padValues, count: 4) }
    try record.requireZero(Field.reserved1, count: 4)
    if kind == .averagePool || kind == .add {
      try record.requireFactor(Field.multiplier, "a multiplier is in 2^-64 ... 2^32")
    } else {
      try record.requireZero(Field.multiplier, count: 4)
    }
    if kind == .add {
      try record.requireFactor(Field.secondMultiplier, "a multiplier is in 2^-64 ... 2^32")
    } else {
      try record.requireZero(Field.secondMultiplier, count: 4)
    }
    if !isConvolution {
      if kind != .lookup { try record.requireZero(Field.weights, count: 8) }
      try record.requireZero(Field.bias, count: 12)
    }
    try record.requireZero(Field.reserved2, count: 4)
  }

  /// Element types, quantisation and alignment of an operation's tensors.
  private func checkElements(_ record: RecordCheck, _ program: RecordCheck) throws(ModelError) {
    typealias Field = Layout.Operation
    let operation = operation(record.index, weights: UnsafeRawBufferPointer(start: nil, count: 0))
    let output = operation.output
    try checkReadable(record, Field.input)
    if operation.kind == .add { try checkReadable(record, Field.secondInput) }
    if output.element == .float32 {
      try record.require(
        record.u16(Field.output) == program.u16(Layout.Program.output), Field.output,
        record.u16(Field.output), "the only tensor of floats is the program's output",
        program.u16(Layout.Program.output))
      try record.require(
        operation.kind == .convolution, Field.kind, record.u8(Field.kind),
        "floats are written by a convolution")
    }
    if operation.kind != .copy {
      try record.require(
        output.arenaOffset % 4 == 0, Field.output, Int64(output.arenaOffset),
        "only a copy writes to a place that is no multiple of", 4)
    }
    let written = Region(writing: output, by: operation.kind)
    try record.require(
      written.end <= Int64(arenaBytes), Field.output, written.end,
      "what an operation writes ends inside the arena, whose bytes are", Int64(arenaBytes))
    if operation.kind == .copy || operation.kind == .maxPool {
      try record.require(
        operation.input.scale.bitPattern == output.scale.bitPattern
          && operation.input.zeroPoint == output.zeroPoint, Field.output,
        record.u16(Field.output), "a copy and a maximum keep the quantisation")
    }
    if operation.kind == .convolution || operation.kind == .depthwise {
      let image = Int64(file.u16(sections.programs + Layout.Program.input))
      if record.u16(Field.input) != image {
        for k in 0..<4 {
          try record.require(
            operation.padValues[k] == operation.input.zeroPoint, Field.padValues + k,
            Int64(operation.padValues[k]), "outside every tensor but the image is its zero point",
            Int64(operation.input.zeroPoint))
        }
      }
    }
  }

  private func checkReadable(_ record: RecordCheck, _ field: Int) throws(ModelError) {
    let input = tensor(Int(record.u16(field)))
    try record.require(
      input.element == .uint8, field, record.u16(field), "operations read bytes, not floats")
    try record.require(
      input.arenaOffset % 4 == 0, field, Int64(input.arenaOffset),
      "a tensor that is read begins at a multiple of", 4)
  }
}
