import SINFModel

/// A convolution in integers: acc[o] = bias[o] + sum weights[o][k] * stored[k] with 32 bits.
/// To uint8: clamp(zeroPoint + round(acc * multiplier[o])); to float32: acc * multiplier[o].
public struct QuantizedConvolution: Sendable {
  public var window: Window
  /// In -127 ... 127. [outputChannels][kernelHeight][kernelWidth][inputChannels] for a
  /// convolution, [channels][kernelHeight][kernelWidth] for a depthwise one; not yet packed.
  public var weights: [Int8]
  /// The input's zero point is folded in: bias - sum over k of weights[o][k] * padValue(k).
  public var bias: [Int32]
  /// inputScale * weightScale[o] / outputScale; for float32 output without the division.
  public var multipliers: [Float]
  /// What stands outside the image, by channel modulo 4 (the zero point four times, except for
  /// the image tensor, where each colour has its own mean).
  public var padValues: [UInt8]
  /// Clamp bounds in stored units: activation and zero point are already in them.
  public var low: UInt8
  public var high: UInt8
  /// Not for depthwise: every pair of neighbouring weights keeps `Packing.pairFits`, and the file
  /// shall say so. The reader refuses a file that says so without right.
  public var pairsFit: Bool

  public init(
    window: Window, weights: [Int8], bias: [Int32], multipliers: [Float], padValues: [UInt8],
    low: UInt8, high: UInt8, pairsFit: Bool = false
  ) {
    self.window = window
    self.weights = weights
    self.bias = bias
    self.multipliers = multipliers
    self.padValues = padValues
    self.low = low
    self.high = high
    self.pairsFit = pairsFit
  }
}

extension QuantizedConvolution {
  func write(
    to record: inout Record, _ layout: inout OperationLayout, input: Int, output: Int
  ) throws(DescriptionError) {
    let (source, target) = (
      try layout.tensor(input, record.place), try layout.tensor(output, record.place)
    )
    try DescriptionError.check(
      "\(record.place), weights", count: weights.count,
      equals: try window.checkedElements(record.place) * source.channels * target.channels)
    if pairsFit {
      record.put(Layout.Operation.flags, Layout.Operation.pairsFitFlag)
      layout.need(minorVersion: 1)
    }
    try write(
      to: &record, &layout, channels: target.channels,
      packedChannels: Packing.convolutionChannels(target.channels)
    ) {
      WeightPacking.convolution(
        weights, outputChannels: target.channels, kernelHeight: window.kernelHeight,
        kernelWidth: window.kernelWidth, inputChannels: source.channels)
    }
  }

  func writeDepthwise(
    to record: inout Record, _ layout: inout OperationLayout, output: Int
  ) throws(DescriptionError) {
    let channels = try layout.tensor(output, record.place).channels
    try DescriptionError.check(
      "\(record.place), weights", count: weights.count,
      equals: try window.checkedElements(record.place) * channels)
    try write(
      to: &record, &layout, channels: channels,
      packedChannels: Packing.depthwiseChannels(channels)
    ) {
      WeightPacking.depthwise(
        weights, channels: channels, kernelHeight: window.kernelHeight,
        kernelWidth: window.kernelWidth)
    }
  }

  /// `packed` is called when the lengths of all arrays have been checked.
  private func write(
    to record: inout Record, _ layout: inout OperationLayout, channels: Int, packedChannels: Int,
    packed: () -> [Int8]
  ) throws(DescriptionError) {
    typealias Field = Layout.Operation
    try DescriptionError.check("\(record.place), bias", count: bias.count, equals: channels)
    try DescriptionError.check(
      "\(record.place), multipliers", count: multipliers.count, equals: channels)
    try DescriptionError.check("\(record.place), padValues", count: padValues.count, equals: 4)
    record.put(low: low, high: high)
    try window.write(to: &record)
    for (index, value) in padValues.enumerated() { record.put(Field.padValues + index, value) }
    let blob = packed()
    try layout.put(blob, in: &record, Field.weights, "weights")
    try record.put(Field.weightBytes, blob.count, as: UInt32.self, "weightBytes")
    func filled<Value: ExpressibleByIntegerLiteral>(_ values: [Value]) -> [Value] {
      values + [Value](repeating: 0, count: packedChannels - channels)
    }
    try layout.put(filled(bias), in: &record, Field.bias, "bias")
    let sums = WeightPacking.sums(weights, channels: channels)
    try layout.put(filled(sums), in: &record, Field.weightSums, "weightSums")
    let bits = filled(multipliers).map(\.bitPattern)
    try layout.put(bits, in: &record, Field.multipliers, "multipliers")
  }
}
