extension Model {
  /// The operation of record `index` of the section `.operations`, with its program's weights.
  func operation(_ index: Int, weights section: UnsafeRawBufferPointer) -> OperationView {
    typealias Field = Layout.Operation
    let at = sections.operations + index * Field.stride
    let kind = OperationKind(rawValue: file.u8(at + Field.kind)).unsafelyUnwrapped
    let input = file.short(at + Field.input)
    let output = tensor(file.short(at + Field.output))
    let isConvolution = kind == .convolution || kind == .depthwise
    let packed = Model.packedChannels(kind, output.channels)
    let weightBytes = isConvolution ? file.word(at + Field.weightBytes) : 0
    return OperationView(
      kind: kind,
      window: WindowView(
        kernelHeight: file.short(at + Field.kernelHeight),
        kernelWidth: file.short(at + Field.kernelWidth),
        strideHeight: file.short(at + Field.strideHeight),
        strideWidth: file.short(at + Field.strideWidth), padTop: file.short(at + Field.padTop),
        padLeft: file.short(at + Field.padLeft)),
      input: tensor(input),
      secondInput: tensor(kind == .add ? file.short(at + Field.secondInput) : input),
      output: output, low: file.u8(at + Field.low), high: file.u8(at + Field.high),
      countsPadding: file.u8(at + Field.flags) & Layout.Operation.countsPaddingFlag != 0,
      pairsFit: file.u8(at + Field.flags) & Layout.Operation.pairsFitFlag != 0,
      padValues: file.bytes(at + Field.padValues, count: isConvolution ? 4 : 0),
      multiplier: file.f32(at + Field.multiplier),
      secondMultiplier: file.f32(at + Field.secondMultiplier),
      weights: Model.array(section, file.word(at + Field.weights), weightBytes),
      bias: Model.array(section, file.word(at + Field.bias), packed),
      weightSums: Model.array(section, file.word(at + Field.weightSums), packed),
      multipliers: Model.array(section, file.word(at + Field.multipliers), packed),
      table: Model.array(
        section, file.word(at + Field.weights), kind == .lookup ? Layout.lookupBytes : 0))
  }

  /// Channels for which a convolution has weights, filling included; 0 for other kinds.
  static func packedChannels(_ kind: OperationKind, _ outputChannels: Int) -> Int {
    switch kind {
    case .convolution: return Packing.convolutionChannels(outputChannels)
    case .depthwise: return Packing.depthwiseChannels(outputChannels)
    default: return 0
    }
  }

  private static func array<Element: BitwiseCopyable>(
    _ section: UnsafeRawBufferPointer, _ offset: Int, _ count: Int
  ) -> UnsafeBufferPointer<Element> {
    guard count > 0, let base = section.baseAddress else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return UnsafeBufferPointer(
      start: (base + offset).assumingMemoryBound(to: Element.self), count: count)
  }
}
