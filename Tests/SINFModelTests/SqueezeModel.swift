import SINFModel
import SINFModelWriter

/// A plain model with what squeeze and excitation needs (version 1.2): products of a tensor with one
/// pixel and with a tensor of its shape, beside each other, and a lookup in between. Its numbers mean
/// nothing, but obey every rule.
enum SqueezeModel {
  enum Tensor {
    static let image = 0
    static let stem = 1
    static let squeezed = 2
    static let gate = 3
    static let excited = 4
    static let squared = 5
    static let logits = 6
  }

  static let channels = 21

  static var tensors: [TensorDescription] {
    func bytes(_ side: Int, at offset: Int, _ zeroPoint: UInt8, channels: Int = channels)
      -> TensorDescription
    {
      TensorDescription(
        element: .uint8, height: side, width: side, channels: channels,
        pixelStride: (channels + 3) / 4 * 4, arenaOffset: offset, scale: 0.125,
        zeroPoint: zeroPoint)
    }
    return [
      bytes(4, at: 0, 0, channels: 3), bytes(4, at: 64, 7), bytes(1, at: 448, 7),
      bytes(1, at: 512, 0), bytes(4, at: 576, 120), bytes(4, at: 960, 3),
      TensorDescription(
        element: .float32, height: 1, width: 1, channels: 3, pixelStride: 12, arenaOffset: 448,
        scale: 1, zeroPoint: 0),
    ]
  }

  static var operations: [OperationDescription] {
    typealias T = Tensor
    // Rises slowly, fast, slowly.
    let sigmoid = (0..<256).map { (stored: Int) -> UInt8 in
      let rest = 255 - stored
      return stored < 128 ? UInt8(stored * stored / 128) : UInt8(255 - rest * rest / 128)
    }
    return [
      convolution(3, pad: 1, T.image, T.stem, pad: 100),
      .averagePool(
        Window(kernelHeight: 4, kernelWidth: 4), countsPadding: false, multiplier: 1,
        input: T.stem, output: T.squeezed),
      convolution(1, pad: 0, T.squeezed, T.gate, pad: 7),
      .lookup(table: sigmoid, input: T.gate, output: T.gate),
      .multiply(
        multiplier: 1.0 / 128, low: 0, high: 255, a: T.stem, b: T.gate, output: T.excited),
      .multiply(
        multiplier: 1.0 / 64, low: 3, high: 250, a: T.excited, b: T.stem, output: T.squared),
      .multiply(
        multiplier: 1.0 / 100, low: 3, high: 255, a: T.squared, b: T.gate, output: T.squared),
      convolution(4, pad: 0, T.squared, T.logits, pad: 3),
    ]
  }

  private static func convolution(
    _ kernel: Int, pad: Int, _ input: Int, _ output: Int, pad value: UInt8
  ) -> OperationDescription {
    let window = Window(kernelHeight: kernel, kernelWidth: kernel, padTop: pad, padLeft: pad)
    let inputs = tensors[input].channels
    var convolution = TinyModel.quantized(
      window, outputs: tensors[output].channels, taps: kernel * kernel * inputs,
      padValues: [value, value, value, value])
    convolution.low = 0
    return .convolution(convolution, input: input, output: output)
  }

  static var description: ModelDescription {
    ModelDescription(
      preprocessing: Preprocessing(width: 4, height: 4, channels: 3, colorOrder: .rgb),
      labels: ["in", "out", "aside"], tensors: tensors,
      programs: [
        ProgramDescription(
          kind: .whole, input: Tensor.image, output: Tensor.logits, operations: operations,
          tensors: tensors)
      ],
      arenaBytes: 1344,
      metadata: ModelMetadata(
        compilerVersion: "test", inputDigest: Array(repeating: 0, count: 32),
        networkName: "squeeze",
        seed: 0, baseMultiplyAccumulates: 0, routedMultiplyAccumulates: 0))
  }
}
