/// A convolution or depthwise convolution.
public struct ConvolutionView {
  public let window: WindowView
  /// Clamp bounds in stored units, for uint8 output.
  public let low: UInt8
  public let high: UInt8
  /// Whether the products of each pair of weights fit a 16-bit sum (`Packing.pairFits`).
  public let pairsFit: Bool
  /// The four bytes that stand outside the image, by channel modulo 4.
  public let padValues: UnsafeBufferPointer<UInt8>
  /// Packed as `Packing` says, at a multiple of 64 in the file.
  public let weights: UnsafeBufferPointer<Int8>
  /// One a packed channel, at a multiple of 64; zero for filling channels. Same for the next two.
  public let bias: UnsafeBufferPointer<Int32>
  /// Sum of each channel's weights, for kernels that read stored - 128 as a signed byte:
  /// acc = bias + 128 * sum + sum over k of weight * (stored - 128).
  public let weightSums: UnsafeBufferPointer<Int32>
  public let multipliers: UnsafeBufferPointer<Float>

  static let rules = OperationRules(
    window: .convolution, constants: .convolution, flags: Layout.Operation.pairsFitFlag,
    hasBounds: true, keepsChannels: false, writesFloats: true)
  static let depthwiseRules = OperationRules(
    window: .convolution, constants: .depthwise, hasBounds: true)

  init(_ record: OperationRecord, isDepthwise: Bool) {
    typealias Field = Layout.Operation
    window = record.window
    low = record.low
    high = record.high
    pairsFit = record.has(flag: Field.pairsFitFlag)
    padValues = record.padValues
    let packed = Self.packedChannels(record.output.channels, isDepthwise: isDepthwise)
    weights = record.array(Field.weights, record.weightBytes)
    bias = record.array(Field.bias, packed)
    weightSums = record.array(Field.weightSums, packed)
    multipliers = record.array(Field.multipliers, packed)
  }

  /// Output channels with their filling: the count of `bias`, `weightSums` and `multipliers`.
  public var packedChannels: Int { bias.count }

  var constantBytes: Int {
    weights.count + 4 * (bias.count + weightSums.count + multipliers.count)
  }

  static func packedChannels(_ outputChannels: Int, isDepthwise: Bool) -> Int {
    isDepthwise
      ? Packing.depthwiseChannels(outputChannels) : Packing.convolutionChannels(outputChannels)
  }
}
