import SINFModel
import Testing

@testable import SINFModelWriter

/// What is in the file of one cluster. What it answers is tested with the runtime.
@Suite struct ExtractionTests {
  private func extracted(
    _ cluster: Int, scoreWeight: Float, visitors: Bool
  ) throws -> GuardedBytes {
    var description = TinyModel.description
    description.route!.scoreWeight = scoreWeight
    description.route!.stopMargin = 0.375
    description.minimumShare = 0.25
    let model = try description.extracting(cluster: cluster, keepsVisitors: visitors)
    return GuardedBytes(try ModelWriter.bytes(for: model))
  }

  private func labels(_ model: Model) -> [String] {
    (0..<model.classCount).map { String(decoding: model.label($0), as: UTF8.self) }
  }

  @Test func withScoresItHasFeaturesPredictorAndSubgraph() throws {
    let file = try extracted(0, scoreWeight: 0.5, visitors: true)
    let model = try file.model
    #expect(labels(model) == ["apple", "bär", "鹿"])
    #expect(model.clusterCount == 1 && !model.hasWhole && model.programCount == 3)
    #expect(String(decoding: model.clusterName(0), as: UTF8.self) == "plants")
    #expect(model.clusterMembers(0).map(Int.init) == [0, 1, 2])
    #expect(model.clusterRows(0).map(Int.init) == [0, 1, 2])
    // No image stops or falls back: the cluster is known.
    #expect(model.routeThreshold == 0 && model.stopMargin == 0)
    #expect(model.routeInverseTemperature == 1.5 && model.routeScoreWeight == 0.5)
    #expect(model.minimumShare == 0.25)
    #expect(model.program(.route)?.output.channels == 3)
    #expect(model.program(.subgraph)?.multiplyAccumulates == 312)
    withExtendedLifetime(file) {}
  }

  @Test func rowsKeepTheirOrder() throws {
    let file = try extracted(1, scoreWeight: 0.5, visitors: false)
    let model = try file.model
    #expect(labels(model) == ["bär", "dove"])
    // Its rows are classes 3 and 1.
    #expect(model.clusterRows(0).map(Int.init) == [1, 0])
    withExtendedLifetime(file) {}
  }

  @Test func withoutVisitorsItHasTheMembersOnly() throws {
    let file = try extracted(0, scoreWeight: 0.5, visitors: false)
    let model = try file.model
    #expect(labels(model) == ["apple", "鹿"])
    #expect(model.program(.route)?.output.channels == 2)
    #expect(model.program(.subgraph)?.output.channels == 2)
    withExtendedLifetime(file) {}
  }

  @Test(arguments: [0, 1]) func withoutScoresItIsAPlainModel(cluster: Int) throws {
    let file = try extracted(cluster, scoreWeight: 0, visitors: false)
    let model = try file.model
    #expect(!model.isRouted && model.programCount == 1 && model.routeScoreWeight == 0)
    #expect(labels(model) == (cluster == 0 ? ["apple", "鹿"] : ["bär", "dove"]))
    withExtendedLifetime(file) {}
  }

  /// All tensors that programs and operations name.
  private func namedTensors(_ model: Model) -> Set<Int> {
    var named: Set<Int> = []
    for index in 0..<model.programCount {
      let ends = model.tensorIndices(ofProgram: index)
      named.formUnion([ends.input, ends.output])
    }
    for index in 0..<model.operationCount {
      let tensors = model.tensorIndices(ofOperation: index)
      named.formUnion([tensors.input, tensors.output])
      if tensors.second != Int(Layout.noTensor) { named.insert(tensors.second) }
    }
    return named
  }

  @Test func nothingElseIsInIt() throws {
    let whole = try ModelWriter.bytes(for: TinyModel.description)
    let original = try ModelDescription(file: whole)
    for cluster in [0, 1] {
      let model = try original.extracting(cluster: cluster)
      let file = GuardedBytes(try ModelWriter.bytes(for: model))
      #expect(try namedTensors(file.model) == Set(model.tensors.indices))
      #expect(model.tensors.count < original.tensors.count)
      #expect(file.bytes.count < whole.count)
      #expect(model.arenaBytes <= original.arenaBytes)
      #expect(model.metadata.baseMultiplyAccumulates == 3584)
      #expect(
        model.metadata.routedMultiplyAccumulates
          == UInt64(model.programs.reduce(0) { $0 + $1.multiplyAccumulates }))
      for measured in [
        model.metadata.baseFloatAccuracy, model.metadata.baseAccuracy,
        model.metadata.routedAccuracy, model.metadata.routeAccuracy, model.metadata.fallbackShare,
      ] {
        #expect(measured == -1)
      }
      #expect(model.metadata.testImages == 0)
    }
  }

  @Test func extractedOnceMoreItIsTheSame() throws {
    let once = try TinyModel.description.extracting(cluster: 1)
    let twice = try once.extracting(cluster: 0)
    #expect(try ModelWriter.bytes(for: twice) == ModelWriter.bytes(for: once))
  }

  /// The last operation of the predictor is none whose outputs could be chosen from.
  @Test func logitsThatCannotBeToldApartAreRefused() throws {
    var description = TinyModel.description
    description.programs[1].operations.append(
      .copy(input: TinyModel.Tensor.routePooled, output: TinyModel.Tensor.routePooled))
    #expect(
      throws: DescriptionError(
        place: "program 'route', operation 2", found: "copy",
        expected: "a convolution that writes all logits, some of which have to go")
    ) { try description.extracting(cluster: 0) }
  }
}
