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

  @Test(arguments: families.indices, [1, 2] as [UInt64])
  func deviceAgreesWithFloat(family: Int, seed: UInt64) throws {
    let graph = Self.families[family].make(seed)
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
    #expect(similarity > Self.families[family].least, "\(Self.families[family].name)")
    #expect(agreeing >= count * 3 / 4, "\(Self.families[family].name): \(agreeing) of \(count)")
    #expect(device[0].outcome.macs >= UInt64(graph.multiplyAccumulates))
  }
}
