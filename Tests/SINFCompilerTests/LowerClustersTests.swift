import SINFCompiler
import SINFGraph
import SINFModel
import SINFModelWriter
import SINFRuntime
import Testing

/// A network with clusters: features, route, two subgraphs and the whole rest.
struct ClusteredFixture {
  let graph = Networks.vgg(7)
  let parts: NetworkParts
  let clusters: [ClusterDescription]
  let normalization: InputNormalization
  let bytes = pictures(40, Networks.image, seed: 3)
  let lowered: LoweredModel
  let quantized: QuantizedParts

  init() throws {
    normalization = try InputNormalization(mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25])
    let (head, tail) = try graph.split(at: graph.nodes[2].output)
    let features = head[head.output].shape
    var builder = NetworkBuilder(input: features, seed: 9)
    let pooled = builder.averagePool(builder.start, kernel: 3, stride: 3)
    let score = builder.linear(pooled, 10)
    let route = builder.graph(score)
    clusters = [
      ClusterDescription(name: "low", members: [0, 1, 2, 3, 4], rows: [0, 1, 2, 3, 4, 7]),
      ClusterDescription(name: "high", members: [5, 6, 7, 8, 9], rows: [5, 6, 7, 8, 9]),
    ]
    parts = NetworkParts(
      features: head, route: route,
      subgraphs: clusters.map { Self.rows($0.rows, of: tail) }, whole: tail)
    quantized = try Quantizer(normalization: normalization).quantize(
      parts,
      on: Calibration(
        bytes: bytes, count: 40,
        routed: [Array(0..<20), Array(20..<40)]))
    lowered = try lower(
      quantized, preprocessing: preprocessing(for: Networks.image),
      labels: (0..<10).map { "class \($0)" }, clusters: clusters,
      route: RouteDescription(threshold: 0.6), metadata: emptyMetadata)
  }

  /// The tail with some rows of its classifier only.
  private static func rows(_ rows: [Int], of tail: Graph) -> Graph {
    var result = tail
    let last = result.nodes.count - 1
    guard case .convolution(var conv) = result.nodes[last].operation else { fatalError() }
    conv.weights = rows.flatMap { conv.weights[$0 * conv.taps..<($0 + 1) * conv.taps] }
    conv.bias = rows.map { conv.bias[$0] }
    conv.outputChannels = rows.count
    result.nodes[last].operation = .convolution(conv)
    result.values[result.output.index].shape.channels = rows.count
    return result
  }
}

@Suite struct LowerClustersTests {
  @Test func partsAgreeOnTheFeatures() throws {
    let fixture = try ClusteredFixture()
    let features = fixture.quantized.features!
    let expected = features.parameters[features.graph.output]
    #expect(expected != nil)
    for part in [fixture.quantized.route!, fixture.quantized.whole] + fixture.quantized.subgraphs {
      #expect(part.parameters[part.graph.input] == expected)
    }
    let programs = fixture.lowered.description.programs
    #expect(programs.map(\.kind) == [.features, .route, .subgraph, .subgraph, .whole])
    #expect(programs.dropFirst().allSatisfy { $0.input == programs[0].output })
  }

  @Test func everyPathAgreesWithFloat() throws {
    let fixture = try ClusteredFixture()
    let count = 16
    let fresh = pictures(count, Networks.image, seed: 30)
    let input = Tensor(
      count: count, shape: Networks.image, storage: fixture.normalization.apply(fresh))
    let whole = try FloatExecutor(fixture.graph).run(input)[fixture.graph.output]!
    let expected = (0..<count).map { Array(whole[image: $0]) }
    func similarity(_ mode: Mode, rows: [Int]) throws -> Float {
      let device = try runOnDevice(
        fixture.lowered.description, fresh, count: count, mode: mode
      ).map(\.logits)
      #expect(device[0].count == rows.count)
      let wanted = expected.map { logits in rows.map { logits[$0] } }
      return cosine(centred(wanted).flatMap { $0 }, centred(device).flatMap { $0 })
    }
    #expect(try similarity(.whole, rows: Array(0..<10)) > 0.99)
    for (index, cluster) in fixture.clusters.enumerated() {
      #expect(try similarity(.cluster(index), rows: cluster.rows) > 0.985)
    }
  }

  /// The route predictor runs between, and must leave the features as they were.
  @Test func routedRunsEqualForcedOnes() throws {
    let fixture = try ClusteredFixture()
    let count = 16
    let fresh = pictures(count, Networks.image, seed: 31)
    let model = fixture.lowered.description
    let routed = try runOnDevice(model, fresh, count: count, mode: .routed)
    let whole = try runOnDevice(model, fresh, count: count, mode: .whole)
    let forced = try (0..<2).map {
      try runOnDevice(model, fresh, count: count, mode: .cluster($0))
    }
    for image in 0..<count {
      let outcome = routed[image].outcome
      switch outcome.path {
      case .subgraph:
        let cluster = try #require(outcome.cluster)
        #expect(routed[image].logits == forced[cluster][image].logits)
      default: #expect(routed[image].logits == whole[image].logits)
      }
    }
    #expect(Set(routed.map { $0.outcome.path }).count == 2, "both paths are taken")
  }

  @Test func arenaIsSharedNotSummed() throws {
    let fixture = try ClusteredFixture()
    let plain = try lower(
      Quantizer(normalization: fixture.normalization).quantize(
        NetworkParts(plain: fixture.graph), on: Calibration(bytes: fixture.bytes, count: 40)),
      preprocessing: preprocessing(for: Networks.image), labels: (0..<10).map(String.init),
      metadata: emptyMetadata)
    #expect(fixture.lowered.plan.arenaBytes <= plain.plan.arenaBytes + 1024)
  }

  @Test func memoryBlocksAreThoseOfThePlan() throws {
    let fixture = try ClusteredFixture()
    let model = fixture.lowered.description
    let programs = model.memoryBlocks
    #expect(programs.map(\.name).first == "features" && programs.last?.name == "whole")
    #expect(programs.count { $0.name.hasPrefix("subgraph ") } == 1)
    for program in programs {
      #expect(!program.blocks.isEmpty && program.steps > 0)
      for (i, a) in program.blocks.enumerated() {
        #expect(a.offset + a.bytes <= model.arenaBytes)
        #expect(a.steps.upperBound < program.steps)
        // Two that are needed in one step share no byte, unless one works in the other's place: then
        // it begins where the other ends.
        for b in program.blocks[..<i] where a.steps.overlaps(b.steps) {
          let apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset
          let follows =
            a.steps.lowerBound == b.steps.upperBound || b.steps.lowerBound == a.steps.upperBound
          #expect(apart || follows, "\(program.name): \(a), \(b)")
        }
      }
    }
  }

  @Test func mismatchesAreNamed() throws {
    let fixture = try ClusteredFixture()
    func problem(_ labels: Int, _ clusters: [ClusterDescription]) -> String? {
      let error = #expect(throws: LoweringError.self) {
        try lower(
          fixture.quantized, preprocessing: preprocessing(for: Networks.image),
          labels: (0..<labels).map(String.init), clusters: clusters,
          route: RouteDescription(threshold: 0), metadata: emptyMetadata)
      }
      return error?.problem
    }
    #expect(problem(9, fixture.clusters) == "the network has 10 outputs, there are 9 labels")
    #expect(
      problem(10, [fixture.clusters[0]])
        == "1 clusters need as many subgraphs, there are 2")
    var wrong = fixture.clusters
    wrong[1].rows.append(0)
    #expect(
      problem(10, wrong)
        == "subgraph 1 has 5 outputs, its cluster lists 6 classes for them")
    let error = #expect(throws: LoweringError.self) {
      try Quantizer(normalization: fixture.normalization).quantize(
        fixture.parts, on: Calibration(bytes: fixture.bytes, count: 40, routed: [[0], []]))
    }
    #expect(error?.problem == "no calibration image is routed to subgraph 1")
  }
}
