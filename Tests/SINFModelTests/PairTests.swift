import SINFModel
import SINFModelWriter
import Testing

/// The promise that pairs of weights fit 16-bit sums: written, read back, and refused where false.
@Suite struct PairTests {
  /// The whole network's convolution with all weights `first`, `second`, `first`, ...
  static func description(_ first: Int8, _ second: Int8, claims: Bool) -> ModelDescription {
    var description = TinyModel.description
    let whole = description.programs.count - 1
    guard
      case .convolution(var layer, let input, let output) = description.programs[whole]
        .operations[0]
    else { preconditionFailure("the whole network is one convolution") }
    for index in layer.weights.indices {
      layer.weights[index] = index % 2 == 0 ? first : second
    }
    layer.pairsFit = claims
    description.programs[whole].operations[0] = .convolution(layer, input: input, output: output)
    return description
  }

  @Test(arguments: [(64, 64), (127, 1), (-127, -1), (127, -127), (0, 0)] as [(Int8, Int8)])
  func pairsThatFitAreRead(first: Int8, second: Int8) throws {
    #expect(Packing.pairFits(first, second))
    let file = GuardedBytes(
      try ModelWriter.bytes(for: Self.description(first, second, claims: true)))
    let model = try file.model
    #expect(model.minorVersion == 1)
    #expect(try #require(model.program(.whole)).operation(0).convolution?.pairsFit == true)
    #expect(try #require(model.program(.features)).operation(0).convolution?.pairsFit == false)
    withExtendedLifetime(file) {}
  }

  @Test(arguments: [(65, 64), (127, 2), (-127, -2), (-65, -64)] as [(Int8, Int8)])
  func pairsThatDoNotFitAreRefused(first: Int8, second: Int8) throws {
    #expect(!Packing.pairFits(first, second))
    let error = #expect(throws: ModelError.self) {
      try ModelWriter.bytes(for: Self.description(first, second, claims: true))
    }
    #expect(error?.section == .weights)
    #expect(error.map { "\($0.rule)".contains("pair") } == true)
    #expect(error?.found == Int64(first) + Int64(second))
  }

  @Test func filesWithoutThePromiseKeepTheirVersion() throws {
    let file = GuardedBytes(try ModelWriter.bytes(for: Self.description(100, 100, claims: false)))
    let minor = try file.model.minorVersion
    #expect(minor == 0)
    withExtendedLifetime(file) {}
  }
}
