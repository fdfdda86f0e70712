import SINFModel
import SINFModelWriter

/// A plain model whose operations are large enough to be divided among threads, one of every kind:
/// along rows and along panels, with odd numbers of rows, a last panel of 4 channels, padding on all
/// sides, strides, a lookup in place and a concatenation. Its numbers mean nothing.
enum WideModel {
  static let height = 41
  static let width = 36
  static let classCount = 60

  enum Tensor {
    static let image = 0
    static let stem = 1
    static let filtered = 2
    static let pooled = 3
    static let sum = 4
    static let averaged = 5
    static let wide = 6
    static let wideLeft = 7
    static let wideRight = 8
    static let narrow = 9
    static let side = 10
    static let joined = 11
    static let logits = 12
  }

  /// Each has bytes of its own, except for the views of `wide`.
  static let tensors: [TensorDescription] = {
    var end = 0
    func bytes(_ height: Int, _ width: Int, _ channels: Int) -> TensorDescription {
      let stride = (channels + 3) / 4 * 4
      defer { end += (height * width * stride + 63) / 64 * 64 }
      return TensorDescription(
        element: .uint8, height: height, width: width, channels: channels, pixelStride: stride,
        arenaOffset: end, scale: 0.125, zeroPoint: 9)
    }
    var tensors = [
      bytes(height, width, 3), bytes(height, width, 24), bytes(21, 18, 24), bytes(21, 18, 24),
      bytes(21, 18, 24), bytes(21, 18, 24), bytes(height, width, 32),
    ]
    var left = tensors[Tensor.wide]
    left.channels = 24
    var right = left
    right.channels = 8
    right.arenaOffset += 24
    tensors += [left, right, bytes(6, 5, 100), bytes(6, 5, 100), bytes(6, 5, 100)]
    tensors.append(
      TensorDescription(
        element: .float32, height: 1, width: 1, channels: classCount, pixelStride: 4 * classCount,
        arenaOffset: end, scale: 1, zeroPoint: 0))
    return tensors
  }()

  private static var operations: [OperationDescription] {
    typealias T = Tensor
    let half = Window(
      kernelHeight: 3, kernelWidth: 3, strideHeight: 2, strideWidth: 2, padTop: 1, padLeft: 1)
    let one = Window(kernelHeight: 1, kernelWidth: 1)
    let around = Window(kernelHeight: 3, kernelWidth: 3, padTop: 1, padLeft: 1)
    let eighth = Window(
      kernelHeight: 3, kernelWidth: 3, strideHeight: 8, strideWidth: 8, padTop: 1, padLeft: 1)
    let quarter = Window(
      kernelHeight: 4, kernelWidth: 4, strideHeight: 4, strideWidth: 4, padTop: 2, padLeft: 1)
    return [
      convolution(around, T.image, T.stem, padValues: [124, 116, 104, 0]),
      .lookup(table: (0..<256).map { UInt8(255 - $0) }, input: T.stem, output: T.stem),
      .depthwise(
        quantized(half, outputs: 24, taps: 9, padValues: [9, 9, 9, 9]), input: T.stem,
        output: T.filtered),
      .maxPool(half, input: T.stem, output: T.pooled),
      .add(
        multiplierA: 0.5, multiplierB: 0.75, low: 9, high: 250, a: T.filtered, b: T.pooled,
        output: T.sum),
      .averagePool(
        around, countsPadding: false, multiplier: 1.5, input: T.sum, output: T.averaged),
      .multiply(
        multiplier: 1.0 / 64, low: 0, high: 255, a: T.averaged, b: T.sum, output: T.averaged),
      .copy(input: T.stem, output: T.wideLeft),
      convolution(one, T.image, T.wideRight),
      convolution(eighth, T.wide, T.narrow),
      convolution(quarter, T.averaged, T.side),
      .add(
        multiplierA: 0.5, multiplierB: 0.75, low: 0, high: 255, a: T.narrow, b: T.side,
        output: T.joined),
      convolution(Window(kernelHeight: 6, kernelWidth: 5), T.joined, T.logits),
    ]
  }

  static var description: ModelDescription {
    let last = tensors[Tensor.logits]
    return ModelDescription(
      preprocessing: Preprocessing(
        width: UInt16(width), height: UInt16(height), channels: 3, colorOrder: .rgb),
      labels: (0..<classCount).map { "class \($0)" }, tensors: tensors,
      programs: [
        ProgramDescription(
          kind: .whole, input: Tensor.image, output: Tensor.logits, operations: operations,
          tensors: tensors)
      ],
      arenaBytes: last.arenaOffset + last.pixelStride,
      metadata: ModelMetadata(
        compilerVersion: "test", inputDigest: Array(repeating: 0, count: 32), networkName: "wide",
        seed: 0, baseMultiplyAccumulates: 0, routedMultiplyAccumulates: 0))
  }

  private static func convolution(
    _ window: Window, _ input: Int, _ output: Int, padValues: [UInt8] = [9, 9, 9, 9]
  ) -> OperationDescription {
    .convolution(
      quantized(
        window, outputs: tensors[output].channels,
        taps: window.kernelHeight * window.kernelWidth * tensors[input].channels,
        padValues: padValues), input: input, output: output)
  }

  /// Made-up weights whose sums spread over the bytes.
  private static func quantized(
    _ window: Window, outputs: Int, taps: Int, padValues: [UInt8]
  ) -> QuantizedConvolution {
    var state = UInt32(outputs * 31 + taps)
    func next() -> Int {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int(state >> 8)
    }
    return QuantizedConvolution(
      window: window, weights: (0..<outputs * taps).map { _ in Int8(next() % 255 - 127) },
      bias: (0..<outputs).map { _ in Int32(next() % 20_001 - 10_000) },
      multipliers: (0..<outputs).map { _ in Float(next() % 1000 + 500) / Float(taps * 12_000) },
      padValues: padValues, low: 0, high: 255)
  }
}
