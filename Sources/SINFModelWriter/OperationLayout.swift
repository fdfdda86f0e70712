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
    record.put(Field.secondInput, Layout.noTensor)
    let ends: (input: Int, output: Int)
    switch operation {
    case .convolution(let convolution, let input, let output):
      ends = (input, output)
      let (source, target) = (try tensor(input, place), try tensor(output, place))
      let window = convolution.window
      let taps = try Self.taps(window, place)
      try DescriptionError.check(
        "\(place), weights", count: convolution.weights.count,
        equals: taps * source.channels * target.channels)
      try put(convolution, channels: target.channels, in: &record, .convolution) {
        WeightPacking.convolution(
          convolution.weights, outputChannels: target.channels, kernelHeight: window.kernelHeight,
          kernelWidth: window.kernelWidth, inputChannels: source.channels)
      }
    case .depthwise(let convolution, let input, let output):
      ends = (input, output)
      let channels = try tensor(output, place).channels
      let window = convolution.window
      try DescriptionError.check(
        "\(place), weights", count: convolution.weights.count,
        equals: try Self.taps(window, place) * channels)
      try put(convolution, channels: channels, in: &record, .depthwise) {
        WeightPacking.depthwise(
          convolution.weights, channels: channels, kernelHeight: window.kernelHeight,
          kernelWidth: window.kernelWidth)
      }
    case .maxPool(let window, let input, let output):
      ends = (input, output)
      record.put(Field.kind, OperationKind.maxPool.rawValue)
      try Self.put(window, in: &record)
    case .averagePool(let window, let countsPadding, let multiplier, let input, let output):
      ends = (input, output)
      record.put(Field.kind, OperationKind.averagePool.rawValue)
      record.put(Field.flags, UInt8(countsPadding ? 1 : 0))
      record.put(Field.multiplier, multiplier)
      try Self.put(window, in: &record)
    case .add(let multiplierA, let multiplierB, let low, let high, let a, let b, let output):
      ends = (a, output)
      record.put(Field.kind, OperationKind.add.rawValue)
      record.put(Field.low, low)
      record.put(Field.high, high)
      try record.put(Field.secondInput, b, as: UInt16.self, "b")
      record.put(Field.multiplier, multiplierA)
      record.put(Field.secondMultiplier, multiplierB)
    case .copy(let input, let output):
      ends = (input, output)
      record.put(Field.kind, OperationKind.copy.rawValue)
    case .lookup(let table, let input, let output):
      ends = (input, output)
      record.put(Field.kind, OperationKind.lookup.rawValue)
      try DescriptionError.check(
        "\(place), table", count: table.count, equals: Layout.lookupBytes)
      try put(table, in: &record, Field.weights, "table")
      record.put(Field.weightBytes, UInt32(table.count))
    }
    try record.put(Field.input, ends.input, as: UInt16.self, "input")
    try record.put(Field.output, ends.output, as: UInt16.self, "output")
    return record
  }

  private func tensor(_ index: Int, _ place: String) throws(DescriptionError) -> TensorDescription {
    guard tensors.indices.contains(index) else {
      throw DescriptionError(
        place: place, found: "tensor \(index)", expected: "below \(tensors.count)")
    }
    return tensors[index]
  }

  private static func taps(_ window: Window, _ place: String) throws(DescriptionError) -> Int {
    let most = Int(Layout.Limit.extent)
    guard (1...most).contains(window.kernelHeight), (1...most).contains(window.kernelWidth) else {
      throw DescriptionError(
        place: place, found: "a kernel of \(window.kernelHeight) x \(window.kernelWidth)",
        expected: "sides in 1...\(most)")
    }
    return window.kernelHeight * window.kernelWidth
  }

  private mutating func put(
    _ convolution: QuantizedConvolution, channels: Int, in record: inout Record,
    _ kind: OperationKind, packed: () -> [Int8]
  ) throws(DescriptionError) {
    typealias Field = Layout.Operation
    try DescriptionError.check(
      "\(record.place), bias", count: convolution.bias.count, equals: channels)
    try DescriptionError.check(
      "\(record.place), multipliers", count: convolution.multipliers.count, equals: channels)
    try DescriptionError.check(
      "\(record.place), padValues", count: convolution.padValues.count, equals: 4)
    record.put(Field.kind, kind.rawValue)
    record.put(Field.low, convolution.low)
    record.put(Field.high, convolution.high)
    try Self.put(convolution.window, in: &record)
    for (index, value) in convolution.padValues.enumerated() {
      record.put(Field.padValues + index, value)
    }
    let blob = packed()
    if kind == .convolution, convolution.pairsFit {
      record.put(Field.flags, Field.pairsFitFlag)
      needsMinorVersion = max(needsMinorVersion, 1)
    }
    try put(blob, in: &record, Field.weights, "weights")
    try record.put(Field.weightBytes, blob.count, as: UInt32.self, "weightBytes")
    let packedChannels =
      kind == .convolution
      ? Packing.convolutionChannels(channels) : Packing.depthwiseChannels(channels)
    func filled<Value: ExpressibleByIntegerLiteral>(_ values: [Value]) -> [Value] {
      values + [Value](repeating: 0, count: packedChannels - channels)
    }
    try put(filled(convolution.bias), in: &record, Field.bias, "bias")
    let sums = WeightPacking.sums(convolution.weights, channels: channels)
    try put(filled(sums), in: &record, Field.weightSums, "weightSums")
    let bits = filled(convolution.multipliers).map(\.bitPattern)
    try put(bits, in: &record, Field.multipliers, "multipliers")
  }

  /// Appends an array to the weights section and notes its place.
  private mutating func put<Value: FixedWidthInteger>(
    _ values: [Value], in record: inout Record, _ field: Int, _ name: String
  ) throws(DescriptionError) {
    let start = weights.append(values, alignment: Layout.alignment)
    try record.put(field, start, as: UInt32.self, name)
  }

  private static func put(_ window: Window, in record: inout Record) throws(DescriptionError) {
    typealias Field = Layout.Operation
    try record.put(Field.kernelHeight, window.kernelHeight, as: UInt16.self, "kernelHeight")
    try record.put(Field.kernelWidth, window.kernelWidth, as: UInt16.self, "kernelWidth")
    try record.put(Field.strideHeight, window.strideHeight, as: UInt16.self, "strideHeight")
    try record.put(Field.strideWidth, window.strideWidth, as: UInt16.self, "strideWidth")
    try record.put(Field.padTop, window.padTop, as: UInt16.self, "padTop")
    try record.put(Field.padLeft, window.padLeft, as: UInt16.self, "padLeft")
  }
}
