import SINFModel
import SINFModelWriter

/// A routed model of a few kilobytes with every kind of operation: 4 classes, 2 clusters, images
/// of 4 x 4 pixels. The golden file is this one. Its numbers mean nothing, but obey every rule.
enum TinyModel {
  static let labels = ["apple", "bär", "鹿", "dove"]

  enum Tensor {
    static let image = 0
    static let stem = 1
    static let features = 2
    static let routePooled = 3
    static let routeLogits = 4
    static let filtered = 5
    static let filteredPooled = 6
    static let firstLogits = 7
    static let wide = 8
    static let wideLeft = 9
    static let wideRight = 10
    static let side = 11
    static let secondLogits = 12
    static let wholeLogits = 13
  }

  static var tensors: [TensorDescription] {
    func bytes(_ side: Int, _ channels: Int, at offset: Int, stride: Int? = nil)
      -> TensorDescription
    {
      TensorDescription(
        element: .uint8, height: side, width: side, channels: channels,
        pixelStride: stride ?? (channels + 3) / 4 * 4, arenaOffset: offset, scale: 0.125,
        zeroPoint: 7)
    }
    func logits(_ count: Int, at offset: Int) -> TensorDescription {
      TensorDescription(
        element: .float32, height: 1, width: 1, channels: count, pixelStride: 4 * count,
        arenaOffset: offset, scale: 1, zeroPoint: 0)
    }
    return [
      bytes(4, 3, at: 0), bytes(4, 8, at: 64), bytes(2, 8, at: 192), bytes(1, 8, at: 256),
      logits(2, at: 320), bytes(2, 8, at: 256), bytes(1, 8, at: 320), logits(3, at: 384),
      bytes(2, 8, at: 256), bytes(2, 5, at: 256, stride: 8), bytes(2, 3, at: 261, stride: 8),
      bytes(2, 3, at: 320), logits(2, at: 384), logits(4, at: 256),
    ]
  }

  static var programs: [ProgramDescription] {
    typealias T = Tensor
    let half = Window(kernelHeight: 2, kernelWidth: 2, strideHeight: 2, strideWidth: 2)
    func program(
      _ kind: ProgramKind, _ cluster: Int = 0, from input: Int, to output: Int,
      _ operations: [OperationDescription]
    ) -> ProgramDescription {
      ProgramDescription(
        kind: kind, cluster: cluster, input: input, output: output, operations: operations,
        tensors: tensors)
    }
    return [
      program(
        .features, from: T.image, to: T.features,
        [
          convolution(3, pad: 1, T.image, T.stem, padValues: [124, 116, 104, 0]),
          .maxPool(half, input: T.stem, output: T.features),
        ]),
      program(
        .route, from: T.features, to: T.routeLogits,
        [
          .averagePool(
            half, countsPadding: false, multiplier: 0.75, input: T.features, output: T.routePooled),
          convolution(1, T.routePooled, T.routeLogits),
        ]),
      program(
        .subgraph, 0, from: T.features, to: T.firstLogits,
        [
          depthwise(3, pad: 1, T.features, T.filtered),
          .add(
            multiplierA: 0.5, multiplierB: 1.25, low: 7, high: 250, a: T.filtered, b: T.features,
            output: T.filtered),
          .averagePool(
            half, countsPadding: true, multiplier: 1, input: T.filtered, output: T.filteredPooled),
          convolution(1, T.filteredPooled, T.firstLogits),
        ]),
      program(
        .subgraph, 1, from: T.features, to: T.secondLogits,
        [
          convolution(1, T.features, T.side),
          convolution(1, T.features, T.wideLeft),
          .copy(input: T.side, output: T.wideRight),
          .lookup(
            table: (0..<256).map { UInt8(255 - $0) }, input: T.wide, output: T.wide),
          convolution(2, T.wide, T.secondLogits),
        ]),
      program(
        .whole, from: T.features, to: T.wholeLogits,
        [convolution(2, T.features, T.wholeLogits)]),
    ]
  }

  static var metadata: ModelMetadata {
    ModelMetadata(
      compilerVersion: "sinfc 0.1.0", inputDigest: (0..<32).map { UInt8($0 * 7) },
      networkName: "tiny", seed: 42, baseMultiplyAccumulates: 3584,
      routedMultiplyAccumulates: 3712, baseFloatAccuracy: 0.75, baseAccuracy: 0.7421875,
      routedAccuracy: 0.734375, routeAccuracy: 0.875, fallbackShare: 0.0625, testImages: 128)
  }

  static var description: ModelDescription {
    ModelDescription(
      preprocessing: Preprocessing(
        width: 4, height: 4, channels: 3, colorOrder: .rgb, fit: .cover, cropPermille: 875,
        background: (255, 254, 253)),
      labels: labels,
      clusters: [
        ClusterDescription(name: "plants", members: [0, 2], rows: [0, 1, 2]),
        ClusterDescription(name: "birds", members: [1, 3], rows: [3, 1]),
      ],
      route: RouteDescription(threshold: 0.625, inverseTemperature: 1.5), tensors: tensors,
      programs: programs, arenaBytes: 448, metadata: metadata)
  }

  /// A model without clusters: one program from the grey image to the logits.
  static var plain: ModelDescription {
    let tensors = [
      TensorDescription(
        element: .uint8, height: 2, width: 3, channels: 1, pixelStride: 4, arenaOffset: 0,
        scale: 0.5, zeroPoint: 0),
      TensorDescription(
        element: .float32, height: 1, width: 1, channels: 20, pixelStride: 80, arenaOffset: 64,
        scale: 1, zeroPoint: 0),
    ]
    let window = Window(kernelHeight: 2, kernelWidth: 3)
    let operation = OperationDescription.convolution(
      quantized(window, outputs: 20, taps: 6, padValues: [9, 0, 0, 0]), input: 0, output: 1)
    return ModelDescription(
      preprocessing: Preprocessing(
        width: 3, height: 2, channels: 1, colorOrder: .grey, fit: .stretch),
      labels: (0..<20).map { "class \($0)" }, tensors: tensors,
      programs: [
        ProgramDescription(
          kind: .whole, input: 0, output: 1, operations: [operation], tensors: tensors)
      ],
      arenaBytes: 144,
      metadata: ModelMetadata(
        compilerVersion: "", inputDigest: [UInt8](repeating: 0, count: 32), networkName: "",
        seed: 0, baseMultiplyAccumulates: 120, routedMultiplyAccumulates: 0))
  }

  /// An operation between two tensors of the list, with made-up weights.
  static func convolution(
    _ kernel: Int, pad: Int = 0, _ input: Int, _ output: Int, padValues: [UInt8] = [7, 7, 7, 7]
  ) -> OperationDescription {
    let window = Window(kernelHeight: kernel, kernelWidth: kernel, padTop: pad, padLeft: pad)
    return .convolution(
      quantized(
        window, outputs: tensors[output].channels,
        taps: kernel * kernel * tensors[input].channels, padValues: padValues),
      input: input, output: output)
  }

  static func depthwise(_ kernel: Int, pad: Int, _ input: Int, _ output: Int)
    -> OperationDescription
  {
    let window = Window(kernelHeight: kernel, kernelWidth: kernel, padTop: pad, padLeft: pad)
    return .depthwise(
      quantized(
        window, outputs: tensors[output].channels, taps: kernel * kernel,
        padValues: [7, 7, 7, 7]), input: input, output: output)
  }

  static func quantized(_ window: Window, outputs: Int, taps: Int, padValues: [UInt8])
    -> QuantizedConvolution
  {
    var state = UInt32(outputs * 31 + taps)
    func next() -> Int {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int(state >> 8)
    }
    return QuantizedConvolution(
      window: window, weights: (0..<outputs * taps).map { _ in Int8(next() % 255 - 127) },
      bias: (0..<outputs).map { _ in Int32(next() % 20_001 - 10_000) },
      multipliers: (0..<outputs).map { _ in Float(next() % 1000 + 1) / 65_536 },
      padValues: padValues, low: 7, high: 255)
  }
}
