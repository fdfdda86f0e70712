/// What is read: for refusals, and to know which tensor it is.
enum Use {
  case input
  case secondInput
  case programOutput
}

extension Model {
  /// An operation's output has no byte in common with its inputs, except that kinds whose rules say
  /// so may work in place.
  func checkOverlap(_ record: RecordCheck, _ operation: OperationView) throws(ModelError) {
    typealias Field = Layout.Operation
    let written = Region(writing: operation.output, by: operation.kind)
    let inPlace = operation.kind.rules.worksInPlace
    try checkOverlap(record, Field.input, operation.input, written, inPlace)
    if let second = operation.secondInput {
      try checkOverlap(record, Field.secondInput, second, written, inPlace)
    }
  }

  private func checkOverlap(
    _ record: RecordCheck, _ field: Int, _ input: TensorView, _ written: Region, _ inPlace: Bool
  ) throws(ModelError) {
    let read = Region(reading: input)
    if read.isDisjoint(from: written) { return }
    let isSame =
      read.start == written.start && read.stride == written.stride && read.pixels == written.pixels
    try record.require(
      inPlace && isSame, field, record.u16(field),
      "an output shares no byte with an input, unless an addition or lookup works in place")
  }

  /// What a read tensor holds was written by the program's input or by earlier operations, all of
  /// it, and nothing has been written over it since. The walk goes back from the reader; pieces
  /// (slices of channels, as concatenation makes them) are put together until all is covered.
  func checkOrigin(
    of use: Use, _ record: RecordCheck, _ program: RecordCheck
  ) throws(ModelError) {
    typealias Field = Layout.Operation
    let first = Int(program.u32(Layout.Program.firstOperation))
    let field: Int
    var index: Int
    switch use {
    case .input: (field, index) = (Field.input, record.index)
    case .secondInput: (field, index) = (Field.secondInput, record.index)
    case .programOutput:
      field = Layout.Program.output
      index = first + Int(program.u32(Layout.Program.operationCount))
    }
    let read = Region(reading: tensor(Int(record.u16(field))))
    var covered = Intervals()
    while index > first {
      index -= 1
      let at = sections.operations + index * Field.stride
      let output = tensor(file.short(at + Field.output))
      let kind = OperationKind(rawValue: file.u8(at + Field.kind)).unsafelyUnwrapped
      let exact = Region(reading: output)
      let written = Region(writing: output, by: kind)
      if try trace(written, exact, read, &covered, record, field) { return }
    }
    let input = Region(reading: tensor(Int(program.u16(Layout.Program.input))))
    if try trace(input, input, read, &covered, record, field) { return }
    try record.require(
      false, field, record.u16(field),
      "what is read has been written before; channel bytes without origin begin at",
      covered.firstGap)
  }

  /// Adds to `covered` what an earlier write contributes to `read`; true when that completes it.
  private func trace(
    _ written: Region, _ exact: Region, _ read: Region, _ covered: inout Intervals,
    _ record: RecordCheck, _ field: Int
  ) throws(ModelError) -> Bool {
    if read.isDisjoint(from: written) { return false }
    let from = written.start - read.start
    let to = from + exact.contents
    let end = from + written.contents
    // Slices of one wider tensor, not reaching into a neighbouring pixel of what is read.
    let isSlice =
      read.pixels == written.pixels
      && (read.pixels == 1
        || read.stride == written.stride && end <= read.stride
          && read.contents - from <= read.stride)
    try record.require(
      isSlice, field, record.u16(field),
      "what is read has not been overwritten by a tensor of another shape")
    let filling = (max(to, 0), min(end, read.contents))
    try record.require(
      filling.0 >= filling.1 || covered.contains(filling.0, filling.1), field, record.u16(field),
      "what is read has not been overwritten by the filling of a neighbour; channel byte",
      filling.0)
    try record.require(
      covered.add(max(from, 0), min(to, read.contents)), field, record.u16(field),
      "a tensor is put together from at most as many separate pieces", Int64(Intervals.capacity))
    return covered.contains(0, read.contents)
  }

  /// The route predictor leaves the features alone: subgraph and whole read them afterwards.
  func checkFeaturesSurvive(_ first: Int, _ count: Int) throws(ModelError) {
    typealias Field = Layout.Operation
    let features = Region(
      reading: tensor(Int(file.u16(sections.programs + Layout.Program.output))))
    for index in first..<first + count {
      let record = RecordCheck(
        file: file, section: .operations, index: index,
        at: sections.operations + index * Field.stride)
      let kind = OperationKind(rawValue: file.u8(record.at + Field.kind)).unsafelyUnwrapped
      let written = Region(writing: tensor(Int(record.u16(Field.output))), by: kind)
      try record.require(
        written.isDisjoint(from: features), Field.output, record.u16(Field.output),
        "the route predictor does not write over the features")
    }
  }
}
