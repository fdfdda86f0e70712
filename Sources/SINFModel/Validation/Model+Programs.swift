extension Model {
  /// Checks the sections `.programs`, `.operations` and `.weights`. Tensors and texts have passed.
  func checkPrograms() throws(ModelError) {
    typealias Field = Layout.Program
    try checkProgramCount()
    var firstOperation = 0
    for index in 0..<programCount {
      let record = RecordCheck(
        file: file, section: .programs, index: index, at: sections.programs + index * Field.stride)
      let kind = try checkRole(record)
      try record.requireZero(Field.reserved0, count: 1)
      try checkStop(record, kind)
      try record.requireZero(Field.reserved1, count: 4)
      try record.require(
        record.u32(Field.firstOperation) == Int64(firstOperation), Field.firstOperation,
        record.u32(Field.firstOperation), "a program's operations follow the one before's, here",
        Int64(firstOperation))
      let count = record.u32(Field.operationCount)
      try record.require(
        count, Field.operationCount, in: 1...Layout.Limit.operationsPerProgram,
        "a program's operations are at least", "a program's operations are at most")
      try record.require(
        Int64(firstOperation) + count <= Int64(sections.operationCount), Field.operationCount,
        count, "a program's operations are in the file, which has",
        Int64(sections.operationCount))
      try checkEnds(record, kind)
      try checkOperations(record, kind)
      firstOperation += Int(count)
    }
    if firstOperation != sections.operationCount {
      throw ModelError(
        .operations, firstOperation,
        offset: Int64(sections.operations + firstOperation * Layout.Operation.stride),
        found: Int64(sections.operationCount), "every operation belongs to a program; those are",
        limit: Int64(firstOperation))
    }
  }

  /// Checks the margin of a stop: only the route predictor has one, and only files that say so by
  /// their version.
  private func checkStop(_ record: RecordCheck, _ kind: ProgramKind) throws(ModelError) {
    let field = Layout.Program.stopMargin
    guard kind == .route, minorVersion >= 3 else {
      return try record.requireZero(field, count: 4)
    }
    let margin = record.f32(field)
    // Zero by its bits, so that it has one spelling; the comparisons refuse what is no number.
    try record.require(
      record.u32(field) == 0 || isFactor(margin) && margin <= 1, field, record.u32(field),
      "the margin of a stop is 0 or in 2^-64 ... 1")
  }

  private func checkProgramCount() throws(ModelError) {
    let least = isRouted ? Model.firstSubgraph + clusterCount : 1
    let record = RecordCheck(file: file, section: .programs, index: 0, at: sections.programs)
    try record.require(
      programCount >= least, 0, Int64(programCount),
      "with clusters there are features, route and a subgraph for each; programs at least",
      Int64(least))
    try record.require(
      programCount <= (isRouted ? least + 1 : 1), 0, Int64(programCount),
      "a plain model has one program, a routed one at most one whole besides its subgraphs; most",
      Int64(isRouted ? least + 1 : 1))
  }

  /// Checks that the program is the one that belongs at its place in the file.
  private func checkRole(_ record: RecordCheck) throws(ModelError) -> ProgramKind {
    typealias Field = Layout.Program
    let index = record.index
    let kind: ProgramKind
    if !isRouted {
      kind = .whole
    } else if index < Model.firstSubgraph {
      kind = index == 0 ? .features : .route
    } else {
      kind = index - Model.firstSubgraph < clusterCount ? .subgraph : .whole
    }
    try record.require(
      record.u8(Field.kind) == Int64(kind.rawValue), Field.kind, record.u8(Field.kind),
      "programs come in the order features, route, subgraphs, whole; here is kind",
      Int64(kind.rawValue))
    let cluster = kind == .subgraph ? index - Model.firstSubgraph : 0
    try record.require(
      record.u16(Field.cluster) == Int64(cluster), Field.cluster, record.u16(Field.cluster),
      "subgraphs are in the order of their clusters, others have 0; here is", Int64(cluster))
    return kind
  }

  /// Checks a program's input and output tensors.
  private func checkEnds(_ record: RecordCheck, _ kind: ProgramKind) throws(ModelError) {
    typealias Field = Layout.Program
    let inputIndex = record.u16(Field.input)
    let outputIndex = record.u16(Field.output)
    try record.require(
      inputIndex < tensorCount, Field.input, inputIndex, "a tensor's index is below",
      Int64(tensorCount))
    try record.require(
      outputIndex < tensorCount, Field.output, outputIndex, "a tensor's index is below",
      Int64(tensorCount))
    let input = tensor(Int(inputIndex))
    let output = tensor(Int(outputIndex))

    if record.index == 0 {
      try record.require(
        input.element == .uint8 && input.height == Int(preprocessing.height)
          && input.width == Int(preprocessing.width)
          && input.channels == Int(preprocessing.channels), Field.input, inputIndex,
        "the first program reads bytes of the image's height, width and channels")
      try record.require(
        input.pixelStride == 4, Field.input, inputIndex, "the image's pixels have bytes", 4)
    } else {
      let features = Int64(file.u16(sections.programs + Field.output))
      try record.require(
        inputIndex == features, Field.input, inputIndex,
        "route, subgraphs and whole read what features wrote: tensor", features)
    }
    let logits: Int
    switch kind {
    case .features:
      try record.require(
        output.element == .uint8, Field.output, outputIndex, "features are bytes")
      return
    case .route, .whole: logits = classCount
    case .subgraph: logits = clusterRows(record.index - Model.firstSubgraph).count
    }
    try record.require(
      output.element == .float32 && output.height == 1 && output.width == 1, Field.output,
      outputIndex, "a program's output is a vector of floats")
    try record.require(
      output.channels == logits, Field.output, Int64(output.channels),
      "the number of logits is that of the classes they stand for", Int64(logits))
  }
}
