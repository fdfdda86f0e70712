import SINFCompiler
import SINFGraph
import SINFModel
import SINFModelWriter
import Testing

/// Whole networks through quantiser, planner, writer and the device's engine.
@Suite struct LowerPlainTests {
  static let families: [(name: String, make: @Sendable (UInt64) -> Graph, least: Float)] = [
    ("vgg", { Networks.vgg($0) }, 0.99),
    ("residual", { Networks.residual($0) }, 0.985),
    ("mobile", { Networks.mobile($0) }, 0.98),
    ("inception", { Networks.inception($0) }, 0.985),
    ("oddities", { Networks.oddities($0) }, 0.98),
    ("pooled image", { Networks.pooledImage($0) }, 0.985),
    ("grey", { Networks.pooledImage($0, channels: 1) }, 0.985),
  ]

  /// With functions between the layers, products, and choices of channels.
  static let functions: [(name: String, make: @Sendable (UInt64) -> Graph, least: Float)] = [
    ("gated", { Networks.gated($0) }, 0.97),
    ("silu", { Networks.curved($0, .swish(alpha: 1)) }, 0.98),
    ("leaky", { Networks.curved($0, .leakyRelu(alpha: 0.1)) }, 0.98),
    ("gelu", { Networks.curved($0, .gelu) }, 0.98),
    ("tanh", { Networks.curved($0, .tanh) }, 0.98),
    ("mish", { Networks.curved($0, .mish) }, 0.98),
    ("shuffled", { Networks.shuffled($0) }, 0.98),
  ]

  @Test(arguments: families.indices, [1, 2] as [UInt64])
  func deviceAgreesWithFloat(family: Int, seed: UInt64) throws {
    let (name, make, least) = Self.families[family]
    try compare(name, make(seed), seed: seed, least: least)
  }

  @Test(arguments: functions.indices) func deviceAgreesBehindFunctions(family: Int) throws {
    let (name, make, least) = Self.functions[family]
    try compare(name, make(1), seed: 1, least: least)
  }

  private func compare(_ name: String, _ graph: Graph, seed: UInt64, least: Float) throws {
    let shape = graph[graph.input].shape
    let normalization = try InputNormalization(
      mean: Array([0.5, 0.45, 0.4].prefix(shape.channels)),
      std: Array([0.27, 0.25, 0.3].prefix(shape.channels)))
    let calibration = Calibration(bytes: pictures(32, shape, seed: 10 + seed), count: 32)
    let quantized = try Quantizer(normalization: normalization).quantize(
      NetworkParts(plain: graph), on: calibration)
    let lowered = try lower(
      quantized, preprocessing: preprocessing(for: shape),
      labels: (0..<10).map { "class \($0)" }, metadata: emptyMetadata)

    let count = 24
    let fresh = pictures(count, shape, seed: 20 + seed)
    let input = Tensor(count: count, shape: shape, storage: normalization.apply(fresh))
    let expected = try FloatExecutor(graph).run(input)[graph.output]!
    let device = try runOnDevice(lowered.description, fresh, count: count, mode: .whole)
    let a = centred((0..<count).map { Array(expected[image: $0]) })
    let b = centred(device.map(\.logits))
    let similarity = cosine(a.flatMap { $0 }, b.flatMap { $0 })
    let agreeing = (0..<count).count {
      argmax(Array(expected[image: $0])) == argmax(device[$0].logits)
    }
    #expect(similarity > least, "\(name)")
    #expect(agreeing >= count * 3 / 4, "\(name): \(agreeing) of \(count)")
    #expect(device[0].outcome.macs >= UInt64(graph.multiplyAccumulates))
  }
}
