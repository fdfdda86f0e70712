import SINFCompiler
import SINFGraph
import Testing

@Suite struct LowerSplitTests {
  @Test func chainSplitsEverywhere() {
    let graph = Networks.vgg(1)
    let candidates = graph.splitCandidates()
    #expect(candidates.map(\.node) == Array(0..<graph.nodes.count - 1))
    #expect(candidates[0].multiplyAccumulatesBefore == 12 * 12 * 12 * 27)
    let last = candidates.last!
    #expect(
      last.multiplyAccumulatesBefore
        == graph.multiplyAccumulates - graph.multiplyAccumulates(of: graph.nodes.last!))
  }

  /// Inside a residual block the shortcut crosses as well.
  @Test func residualSplitsBetweenBlocksOnly() {
    let graph = Networks.residual(1)
    let names = graph.splitCandidates().map { graph.nodes[$0.node].operation }
    let kinds = names.map { operation in
      switch operation {
      case .convolution: "conv"
      case .maxPool: "pool"
      case .add: "add"
      case .globalAveragePool: "mean"
      default: "other"
      }
    }
    #expect(kinds == ["conv", "pool", "add", "add", "mean"])
  }

  @Test func headAndTailMakeTheWhole() throws {
    let graph = Networks.residual(2)
    let input = Tensor(
      count: 3, shape: Networks.image,
      storage: pictures(3, Networks.image, seed: 4).map { Float($0) / 128 - 1 })
    let whole = try FloatExecutor(graph).run(input)[graph.output]!
    for candidate in graph.splitCandidates() {
      let (head, tail) = try graph.split(at: candidate.value)
      try head.check()
      try tail.check()
      #expect(head.multiplyAccumulates == candidate.multiplyAccumulatesBefore)
      let features = try FloatExecutor(head).run(input)[head.output]!
      let logits = try FloatExecutor(tail).run(features)[tail.output]!
      #expect(logits.storage == whole.storage)
    }
  }

  @Test func splitInsideABlockIsRefused() {
    let graph = Networks.residual(1)
    let inside = graph.nodes[2].output
    let error = #expect(throws: LoweringError.self) { try graph.split(at: inside) }
    #expect(error?.description.contains("n2") == true)
  }
}
