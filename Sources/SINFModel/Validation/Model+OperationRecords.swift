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
      let kind = try checkIndices(record)
      try checkUse(record, kind.rules)
      let operation = operation(index, weights: UnsafeRawBufferPointer(start: nil, count: 0))
      try checkElements(record, operation, program)
      try checkShapes(record, operation)
      try cost.add(operation, record)
      try weights.check(record, operation)
      try checkOverlap(record, operation)
      try checkOrigin(of: .input, record, program)
      if kind.rules.hasSecondInput { try checkOrigin(of: .secondInput, record, program) }
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
  private func checkIndices(_ record: RecordCheck) throws(ModelError) -> OperationKind {
    typealias Field = Layout.Operation
    let raw = record.u8(Field.kind)
    guard let kind = OperationKind(rawValue: UInt8(raw)) else {
      throw ModelError(
        .operations, record.index, offset: Int64(record.at + Field.kind), found: raw,
        "an operation's kind is in 1 ...", limit: Int64(OperationKind.last.rawValue))
    }
    for field in Field.input...Field.output where field % 2 == 0 {
      let index = record.u16(field)
      if field == Field.secondInput, !kind.rules.hasSecondInput {
        try record.require(
          index == Int64(Layout.noTensor), field, index,
          "only what has two operands has a second input", Int64(Layout.noTensor))
      } else {
        try record.require(
          index < tensorCount, field, index, "a tensor's index is below", Int64(tensorCount))
      }
    }
    return kind
  }

  /// Fields that the kind has no use for are zero.
  private func checkUse(_ record: RecordCheck, _ rules: OperationRules) throws(ModelError) {
    typealias Field = Layout.Operation
    let flags = record.u8(Field.flags)
    try record.require(
      flags & ~Int64(rules.flags) == 0, Field.flags, flags,
      "flags are 0, 1 for an average that counts padding, or 2 for a convolution whose pairs fit")
    if rules.hasBounds {
      try record.require(
        record.u8(Field.low) <= record.u8(Field.high), Field.low, record.u8(Field.low),
        "the lower bound is at most the upper one", record.u8(Field.high))
    } else {
      try record.requireZero(Field.low, count: 2)
    }
    try record.requireZero(Field.reserved0, count: 2)
    if rules.window == .none { try record.requireZero(Field.kernelHeight, count: 12) }
    if !rules.isConvolution { try record.requireZero(Field.padValues, count: 4) }
    try record.requireZero(Field.reserved1, count: 4)
    try checkMultiplier(record, Field.multiplier, isUsed: rules.multipliers > 0)
    try checkMultiplier(record, Field.secondMultiplier, isUsed: rules.multipliers > 1)
    if rules.constants == .none { try record.requireZero(Field.weights, count: 8) }
    if !rules.isConvolution { try record.requireZero(Field.bias, count: 12) }
    try record.requireZero(Field.reserved2, count: 4)
  }

  private func checkMultiplier(
    _ record: RecordCheck, _ field: Int, isUsed: Bool
  ) throws(ModelError) {
    if isUsed {
      try record.requireFactor(field, "a multiplier is in 2^-64 ... 2^32")
    } else {
      try record.requireZero(field, count: 4)
    }
  }

  /// Element types, quantisation and alignment of an operation's tensors.
  private func checkElements(
    _ record: RecordCheck, _ operation: OperationView, _ program: RecordCheck
  ) throws(ModelError) {
    typealias Field = Layout.Operation
    let rules = operation.kind.rules
    let output = operation.output
    try checkReadable(record, Field.input, operation.input)
    if let second = operation.secondInput { try checkReadable(record, Field.secondInput, second) }
    if output.element == .float32 {
      try record.require(
        record.u16(Field.output) == program.u16(Layout.Program.output), Field.output,
        record.u16(Field.output), "the only tensor of floats is the program's output",
        program.u16(Layout.Program.output))
      try record.require(
        rules.writesFloats, Field.kind, record.u8(Field.kind),
        "floats are written by a convolution")
    }
    if !rules.writesExactly {
      try record.require(
        output.arenaOffset % 4 == 0, Field.output, Int64(output.arenaOffset),
        "only a copy writes to a place that is no multiple of", 4)
    }
    let written = Region(writing: output, by: operation.kind)
    try record.require(
      written.end <= Int64(arenaBytes), Field.output, written.end,
      "what an operation writes ends inside the arena, whose bytes are", Int64(arenaBytes))
    if rules.keepsQuantization {
      try record.require(
        operation.input.scale.bitPattern == output.scale.bitPattern
          && operation.input.zeroPoint == output.zeroPoint, Field.output,
        record.u16(Field.output), "a copy and a maximum keep the quantisation")
    }
    if rules.isConvolution { try checkPadding(record, operation.input) }
  }

  /// Outside the image stands what the file says, outside every other tensor its zero point.
  private func checkPadding(_ record: RecordCheck, _ input: TensorView) throws(ModelError) {
    typealias Field = Layout.Operation
    let image = Int64(file.u16(sections.programs + Layout.Program.input))
    guard record.u16(Field.input) != image else { return }
    for field in Field.padValues..<Field.padValues + 4 {
      try record.require(
        record.u8(field) == Int64(input.zeroPoint), field, record.u8(field),
        "outside every tensor but the image is its zero point", Int64(input.zeroPoint))
    }
  }

  private func checkReadable(
    _ record: RecordCheck, _ field: Int, _ input: TensorView
  ) throws(ModelError) {
    try record.require(
      input.element == .uint8, field, record.u16(field), "operations read bytes, not floats")
    try record.require(
      input.arenaOffset % 4 == 0, field, Int64(input.arenaOffset),
      "a tensor that is read begins at a multiple of", 4)
  }
}
