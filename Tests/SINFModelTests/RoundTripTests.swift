import SINFModel
import Testing

@testable import SINFModelWriter

@Suite struct RoundTripTests {
  func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  @Test func routedModelReadsBackAsDescribed() throws {
    let description = TinyModel.description
    let file = GuardedBytes(try ModelWriter.bytes(for: description))
    let model = try file.model
    #expect(model.preprocessing == description.preprocessing)
    #expect(model.arenaBytes == 448)
    #expect(model.routeThreshold == 0.625)
    #expect(model.routeInverseTemperature == 1.5)
    #expect((0..<model.classCount).map { text(model.label($0)) } == TinyModel.labels)
    #expect(model.isRouted && model.hasWhole)
    #expect(model.clusterCount == 2)
    for (index, cluster) in description.clusters.enumerated() {
      #expect(text(model.clusterName(index)) == cluster.name)
      #expect(model.clusterMembers(index).map(Int.init) == cluster.members)
      #expect(model.clusterRows(index).map(Int.init) == cluster.rows)
    }
    #expect(model.tensorCount == description.tensors.count)
    for (index, expected) in description.tensors.enumerated() {
      expect(model.tensor(index), equals: expected)
    }
    expect(model.image, equals: description.tensors[0])
    #expect(firstUnsafe(in: model, file: UnsafeRawBufferPointer(file.bytes)) == nil)
  }

  @Test func metadataReadsBackAsDescribed() throws {
    let file = GuardedBytes(try ModelWriter.bytes(for: TinyModel.description))
    let found = try file.model.metadata
    let expected = TinyModel.metadata
    #expect(text(found.compilerVersion) == expected.compilerVersion)
    #expect(text(found.networkName) == expected.networkName)
    #expect(Array(found.inputDigest) == expected.inputDigest)
    #expect(found.seed == expected.seed)
    #expect(found.baseMultiplyAccumulates == expected.baseMultiplyAccumulates)
    #expect(found.routedMultiplyAccumulates == expected.routedMultiplyAccumulates)
    #expect(found.baseFloatAccuracy == expected.baseFloatAccuracy)
    #expect(found.baseAccuracy == expected.baseAccuracy)
    #expect(found.routedAccuracy == expected.routedAccuracy)
    #expect(found.routeAccuracy == expected.routeAccuracy)
    #expect(found.fallbackShare == expected.fallbackShare)
    #expect(found.testImages == expected.testImages)
  }

  @Test func programsReadBackAsDescribed() throws {
    let description = TinyModel.description
    let file = GuardedBytes(try ModelWriter.bytes(for: description))
    let model = try file.model
    #expect(model.programCount == description.programs.count)
    for expected in description.programs {
      let program = try #require(model.program(expected.kind, cluster: expected.cluster))
      #expect(program.kind == expected.kind)
      #expect(program.cluster == expected.cluster)
      #expect(program.multiplyAccumulates == UInt64(expected.multiplyAccumulates))
      expect(program.input, equals: description.tensors[expected.input])
      expect(program.output, equals: description.tensors[expected.output])
      try #require(program.operationCount == expected.operations.count)
      for (index, operation) in expected.operations.enumerated() {
        expect(program.operation(index), equals: operation, description.tensors)
      }
    }
    #expect(model.program(.subgraph, cluster: 2) == nil)
    #expect(model.program(.subgraph, cluster: -1) == nil)
  }

  @Test func programsAreFoundWhateverTheirOrder() throws {
    var description = TinyModel.description
    let bytes = try ModelWriter.bytes(for: description)
    description.programs.reverse()
    #expect(try ModelWriter.bytes(for: description) == bytes)
  }

  @Test func plainModelReadsBackAsDescribed() throws {
    let description = TinyModel.plain
    let file = GuardedBytes(try ModelWriter.bytes(for: description))
    let model = try file.model
    #expect(model.preprocessing == description.preprocessing)
    #expect(!model.isRouted && model.hasWhole)
    #expect(model.programCount == 1)
    #expect(model.program(.features) == nil)
    #expect(model.program(.route) == nil)
    #expect(model.program(.subgraph) == nil)
    let whole = try #require(model.program(.whole))
    #expect(whole.operationCount == 1)
    #expect(whole.multiplyAccumulates == 120)
    expect(whole.operation(0), equals: description.programs[0].operations[0], description.tensors)
    #expect(firstUnsafe(in: model, file: UnsafeRawBufferPointer(file.bytes)) == nil)
  }

  @Test func routedModelWithoutWholeIsAccepted() throws {
    var description = TinyModel.description
    description.programs.removeAll { $0.kind == .whole }
    let file = GuardedBytes(try ModelWriter.bytes(for: description))
    let model = try file.model
    #expect(!model.hasWhole)
    #expect(model.program(.whole) == nil)
    #expect(model.program(.subgraph, cluster: 1)?.cluster == 1)
  }

  private func expect(
    _ found: TensorView, equals expected: TensorDescription,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.element == expected.element, sourceLocation: sourceLocation)
    #expect(
      [found.height, found.width, found.channels, found.pixelStride, found.arenaOffset] == [
        expected.height, expected.width, expected.channels, expected.pixelStride,
        expected.arenaOffset,
      ], sourceLocation: sourceLocation)
    #expect(found.scale == expected.scale, sourceLocation: sourceLocation)
    #expect(found.zeroPoint == expected.zeroPoint, sourceLocation: sourceLocation)
  }

  private func expect(
    _ found: OperationView, equals expected: OperationDescription, _ tensors: [TensorDescription]
  ) {
    #expect(found.kind == expected.kind)
    let second: Int?
    let ends: (input: Int, output: Int)
    switch (expected, found.function) {
    case (.convolution(let convolution, let input, let output), .convolution(let view)),
      (.depthwise(let convolution, let input, let output), .depthwise(let view)):
      (ends, second) = ((input, output), nil)
      expect(view, of: found, equals: convolution)
    case (.maxPool(let window, let input, let output), .maxPool(let view)):
      (ends, second) = ((input, output), nil)
      expect(view.window, equals: window)
    case (
      .averagePool(let window, let countsPadding, let multiplier, let input, let output),
      .averagePool(let view)
    ):
      (ends, second) = ((input, output), nil)
      expect(view.window, equals: window)
      #expect(view.countsPadding == countsPadding)
      #expect(view.multiplier == multiplier)
    case (
      .add(let multiplierA, let multiplierB, let low, let high, let a, let b, let output),
      .add(let view)
    ):
      (ends, second) = ((a, output), b)
      #expect(view.multiplier == multiplierA && view.secondMultiplier == multiplierB)
      #expect(view.low == low && view.high == high)
    case (
      .multiply(let multiplier, let low, let high, let a, let b, let output), .multiply(let view)
    ):
      (ends, second) = ((a, output), b)
      #expect(view.multiplier == multiplier)
      #expect(view.low == low && view.high == high)
    case (.copy(let input, let output), .copy):
      (ends, second) = ((input, output), nil)
    case (.lookup(let table, let input, let output), .lookup(let view)):
      (ends, second) = ((input, output), nil)
      #expect(Array(view.table) == table)
    default:
      Issue.record("\(found.kind) instead of \(expected.kind)")
      return
    }
    expect(found.input, equals: tensors[ends.input])
    expect(found.output, equals: tensors[ends.output])
    #expect((found.secondInput == nil) == (second == nil))
    if let view = found.secondInput, let second { expect(view, equals: tensors[second]) }
  }

  private func expect(
    _ view: ConvolutionView, of found: OperationView, equals convolution: QuantizedConvolution
  ) {
    expect(view.window, equals: convolution.window)
    #expect(Array(view.padValues) == convolution.padValues)
    #expect(view.low == convolution.low && view.high == convolution.high)
    let outputs = found.output.channels
    #expect(Array(view.bias.prefix(outputs)) == convolution.bias)
    #expect(Array(view.multipliers.prefix(outputs)) == convolution.multipliers)
    #expect(unpacked(found, view) == convolution.weights)
    let taps = convolution.weights.count / outputs
    for channel in 0..<outputs {
      let weights = convolution.weights[channel * taps..<(channel + 1) * taps]
      #expect(Int(view.weightSums[channel]) == weights.reduce(0) { $0 + Int($1) })
    }
  }

  private func expect(_ found: WindowView, equals expected: Window) {
    #expect(
      [
        found.kernelHeight, found.kernelWidth, found.strideHeight, found.strideWidth, found.padTop,
        found.padLeft,
      ] == [
        expected.kernelHeight, expected.kernelWidth, expected.strideHeight, expected.strideWidth,
        expected.padTop, expected.padLeft,
      ])
  }

  /// Weights in the description's order, fetched one by one through the index formulas.
  private func unpacked(_ operation: OperationView, _ view: ConvolutionView) -> [Int8] {
    var weights: [Int8] = []
    let inputs = operation.input.channels
    let groupsPerTap = (inputs + 3) / 4
    let taps = view.window.kernelHeight * view.window.kernelWidth
    for channel in 0..<operation.output.channels {
      for tap in 0..<taps {
        if operation.kind == .depthwise {
          weights.append(
            view.weights[
              Packing.depthwiseIndex(
                tap: tap, channel: channel, channels: operation.output.channels)])
          continue
        }
        for input in 0..<inputs {
          let index = Packing.convolutionIndex(
            outputChannel: channel, tapGroup: tap * groupsPerTap + input / 4, lane: input % 4,
            outputChannels: operation.output.channels, tapGroups: taps * groupsPerTap)
          weights.append(view.weights[index])
        }
      }
    }
    return weights
  }
}
