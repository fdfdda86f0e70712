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
  mutating func check(_ record: RecordCheck) throws(ModelError) {
    typealias Field = Layout.Operation
    let empty = UnsafeRawBufferPointer(start: nil, count: 0)
    let shape = model.operation(record.index, weights: empty)
    switch shape.kind {
    case .lookup:
      try take(record, Field.weights, bytes: Int64(Layout.lookupBytes))
      try record.require(
        record.u32(Field.weightBytes) == Int64(Layout.lookupBytes), Field.weightBytes,
        record.u32(Field.weightBytes), "a lookup's table has bytes", Int64(Layout.lookupBytes))
    case .convolution, .depthwise:
      let channels = Model.packedChannels(shape.kind, shape.output.channels)
      let lanes = shape.kind == .depthwise ? 1 : (shape.input.channels + 3) & ~3
      func times(_ a: Int64, _ b: Int) throws(ModelError) -> Int64 {
        try record.product(
          a, Int64(b), atMost: Layout.Limit.fileBytes, Field.weightBytes,
          "packed weights fit a file; their bytes are at most")
      }
      let taps = try times(Int64(shape.window.kernelHeight), shape.window.kernelWidth)
      let bytes = try times(times(taps, lanes), channels)
      try record.require(
        record.u32(Field.weightBytes) == bytes, Field.weightBytes, record.u32(Field.weightBytes),
        "packed weights have the bytes that the shape implies", bytes)
      try take(record, Field.weights, bytes: bytes)
      try take(record, Field.bias, bytes: Int64(channels) * 4)
      try take(record, Field.weightSums, bytes: Int64(channels) * 4)
      try take(record, Field.multipliers, bytes: Int64(channels) * 4)
      let section = UnsafeRawBufferPointer(start: model.file.base + base, count: Int(byteCount))
      let operation = model.operation(record.index, weights: section)
      if shape.kind == .convolution {
        try checkConvolution(operation)
      } else {
        try checkDepthwise(operation)
      }
      model.file.drop(base, count: Int(position))
    case .maxPool, .averagePool, .add, .copy:
      break
    }
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
      try requireAt(
        base + Int(position), Int64(model.file.u8(base + Int(position))), 0,
        "bytes between arrays are zero")
      position += 1
    }
    position = start + bytes
  }

  /// Throws unless `found` is `expected`; `at` is an offset in the file.
  private func requireAt(
    _ at: Int, _ found: Int64, _ expected: Int64, _ rule: StaticString
  ) throws(ModelError) {
    guard found == expected else {
      throw ModelError(
        .weights, program, offset: Int64(at), found: found, rule, limit: expected)
    }
  }

  private func offset<Element>(of array: UnsafeBufferPointer<Element>, _ index: Int) -> Int {
    UnsafeRawPointer(array.baseAddress.unsafelyUnwrapped + index) - model.file.base
  }

  /// Panels of `[tap group][channel][4]`.
  private func checkConvolution(_ operation: OperationView) throws(ModelError) {
    let groups = Packing.tapGroups(
      kernelHeight: operation.window.kernelHeight, kernelWidth: operation.window.kernelWidth,
      inputChannels: operation.input.channels)
    var panel = 0
    while panel < operation.packedChannels {
      let width = min(Packing.panelChannels, operation.packedChannels - panel)
      let start = panel * groups * Packing.groupTaps
      var channel = panel
      while channel < panel + width {
        let first = start + (channel - panel) * Packing.groupTaps
        let sums = try sum(
          operation.weights, from: first, step: width * Packing.groupTaps, runs: groups,
          runLength: Packing.groupTaps)
        try checkChannel(operation, channel, sums)
        channel += 1
      }
      try checkLanes(operation, start: start, width: width, groups: groups)
      if operation.pairsFit {
        try checkPairs(
          operation.weights, from: start, count: groups * width * Packing.groupTaps)
      }
      panel += width
    }
  }

  /// Lanes that fill the last group of four input channels are zero.
  private func checkLanes(
    _ operation: OperationView, start: Int, width: Int, groups: Int
  ) throws(ModelError) {
    let used = operation.input.channels % Packing.groupTaps
    guard used != 0 else { return }
    let perTap = operation.input.channels / Packing.groupTaps + 1
    var group = perTap - 1
    while group < groups {
      var at = start + group * width * Packing.groupTaps
      let end = at + width * Packing.groupTaps
      while at < end {
        var lane = used
        while lane < Packing.groupTaps {
          try requireAt(
            offset(of: operation.weights, at + lane), Int64(operation.weights[at + lane]), 0,
            "weights that fill a group of four are zero")
          lane += 1
        }
        at += Packing.groupTaps
      }
      group += perTap
    }
  }

  /// Pairs of neighbouring weights have products that fit 16 bits, as the operation's flag says.
  private func checkPairs(
    _ weights: UnsafeBufferPointer<Int8>, from first: Int, count: Int
  ) throws(ModelError) {
    let base = weights.baseAddress.unsafelyUnwrapped
    var at = first
    while at < first &+ count {
      if !Packing.pairFits(base[at], base[at &+ 1]) {
        throw ModelError(
          .weights, program, offset: Int64(offset(of: weights, at)),
          found: Int64(base[at]) + Int64(base[at + 1]),
          "the weights of one sign in a pair, where the flag says that pairs fit, add up to at most",
          limit: Int64(Packing.pairLimit))
      }
      at &+= 2
    }
  }

  private func checkDepthwise(_ operation: OperationView) throws(ModelError) {
    let channels = operation.packedChannels
    let taps = operation.window.kernelHeight * operation.window.kernelWidth
    for channel in 0..<channels {
      let sums = try sum(
        operation.weights, from: channel, step: channels, runs: taps, runLength: 1)
      try checkChannel(operation, channel, sums)
    }
  }

  /// Sum and sum of magnitudes of `runs` runs of `runLength` weights, `step` apart.
  private func sum(
    _ weights: UnsafeBufferPointer<Int8>, from first: Int, step: Int, runs: Int, runLength: Int
  ) throws(ModelError) -> (sum: Int64, magnitudes: Int64) {
    let base = weights.baseAddress.unsafelyUnwrapped
    var sum: Int64 = 0
    var magnitudes: Int64 = 0
    var at = first
    for _ in 0..<runs {
      for lane in 0..<runLength {
        let weight = base[at &+ lane]
        if weight == Int8.min {
          try requireAt(
            offset(of: weights, at + lane), Int64(weight), -127, "a weight is at least")
        }
        sum &+= Int64(weight)
        magnitudes &+= Int64(weight.magnitude)
      }
      at &+= step
    }
    return (sum, magnitudes)
  }

  /// Checks what belongs to one packed output channel.
  private func checkChannel(
    _ operation: OperationView, _ channel: Int, _ sums: (sum: Int64, magnitudes: Int64)
  ) throws(ModelError) {
    let bias = Int64(operation.bias[channel])
    let multiplier = operation.multipliers[channel]
    let multiplierAt = offset(of: operation.multipliers, channel)
    if channel >= operation.output.channels {
      try requireAt(
        offset(of: operation.weights, 0), sums.magnitudes, 0,
        "weights of filling channels are zero; the magnitudes' sum is")
      try requireAt(
        offset(of: operation.bias, channel), bias, 0, "the bias of a filling channel is zero")
      try requireAt(
        multiplierAt, Int64(multiplier.bitPattern), 0, "the multiplier of a filling channel is zero"
      )
    } else if !isFactor(multiplier) {
      throw ModelError(
        .weights, program, offset: Int64(multiplierAt), found: Int64(multiplier.bitPattern),
        "a multiplier is in 2^-64 ... 2^32")
    }
    try requireAt(
      offset(of: operation.weightSums, channel), Int64(operation.weightSums[channel]), sums.sum,
      "a channel's weight sum is")
    // docs/numerics.md: whatever the input, the accumulator cannot overflow.
    let most = Int64(Int32.max) - 255 * sums.magnitudes
    guard Int64(bias.magnitude) <= most else {
      throw ModelError(
        .weights, program, offset: Int64(offset(of: operation.bias, channel)), found: bias,
        "a bias leaves room for 255 times the magnitudes of the weights; its own is at most",
        limit: most)
    }
  }
}
