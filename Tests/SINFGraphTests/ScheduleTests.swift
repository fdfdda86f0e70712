import SINFGraph
import Testing

/// input -> a (1x1, ReLU) -> b (1x1); sum = a + b; output = mean of sum.
private func residualGraph(_ shape: Shape) -> Graph {
  var numbers = Numbers(seed: 9)
  func pointwise(_ activation: Activation) -> SINFGraph.Operation {
    .convolution(
      Convolution(
        inputChannels: shape.channels, outputChannels: shape.channels, kernelHeight: 1,
        kernelWidth: 1, weights: numbers.array(shape.channels * shape.channels),
        bias: numbers.array(shape.channels), activation: activation))
  }
  let names = ["input", "a", "b", "sum"]
  return Graph(
    values: names.map { Value(name: $0, shape: shape) } + [
      Value(name: "output", shape: Shape(height: 1, width: 1, channels: shape.channels))
    ],
    nodes: [
      Node(name: "A", operation: pointwise(.relu), inputs: [ValueID(0)], output: ValueID(1)),
      Node(name: "B", operation: pointwise(.none), inputs: [ValueID(1)], output: ValueID(2)),
      Node(
        name: "Add", operation: .add(.none), inputs: [ValueID(1), ValueID(2)], output: ValueID(3)),
      Node(
        name: "Mean", operation: .globalAveragePool, inputs: [ValueID(3)], output: ValueID(4)),
    ], input: ValueID(0), output: ValueID(4))
}

@Suite struct ScheduleTests {
  let shape = Shape(height: 64, width: 64, channels: 16)

  @Test func keptValuesAreReturnedAndOnlyThose() throws {
    var numbers = Numbers(seed: 10)
    let input = numbers.tensor(2, shape)
    let results = try FloatExecutor(residualGraph(shape)).run(input, keeping: [ValueID(1)])
    #expect(Set(results.keys) == [ValueID(1), ValueID(4)])
    #expect(results[ValueID(1)]?.shape == shape)
  }

  @Test func startingFromAnIntermediateValueGivesTheSame() throws {
    var numbers = Numbers(seed: 11)
    let executor = FloatExecutor(residualGraph(shape))
    let whole = try executor.run(numbers.tensor(3, shape), keeping: [ValueID(1), ValueID(3)])
    let rest = try executor.run(
      from: [ValueID(1): whole[ValueID(1)]!], to: [ValueID(3), ValueID(4), ValueID(1)])
    for id in [ValueID(1), ValueID(3), ValueID(4)] {
      #expect(rest[id]?.storage == whole[id]?.storage)
    }
  }

  @Test func portionsCoverEveryImageInOrder() throws {
    // 65,536 numbers an image: portions of 64 images, so that 150 need three.
    var numbers = Numbers(seed: 12)
    let executor = FloatExecutor(residualGraph(shape))
    let input = numbers.tensor(150, shape)
    let together = try executor.run(input)[ValueID(4)]!
    for image in [0, 63, 64, 127, 128, 149] {
      let alone = try executor.run(input.images(image..<image + 1))[ValueID(4)]!
      let difference = zip(alone.storage, together[image: image]).map { abs($0 - $1) }.max()!
      #expect(difference < 1e-5)
    }
    var seen: [Int] = []
    try executor.forEachPortion(from: [ValueID(0): input], to: [ValueID(4)]) { range, values in
      seen += range
      #expect(
        values[ValueID(4)]!.storage.elementsEqual(
          together.storage[range.lowerBound * 16..<range.upperBound * 16]))
    }
    #expect(seen == Array(0..<150))
  }

  @Test func anEmptyBatchGivesEmptyResults() throws {
    let results = try FloatExecutor(residualGraph(shape)).run(Tensor(zeros: 0, shape: shape))
    #expect(results[ValueID(4)]?.count == 0)
  }

  @Test func whatDoesNotFitIsRefused() {
    let graph = residualGraph(shape)
    let executor = FloatExecutor(graph)
    let wrong = Shape(height: 2, width: 2, channels: 16)
    #expect(
      throws: ExecutionError.shapeMismatch(value: "input", expected: shape, found: wrong)
    ) { try executor.run(Tensor(zeros: 1, shape: wrong)) }
    #expect(throws: ExecutionError.missing(value: "input")) {
      try executor.run(from: [ValueID(2): Tensor(zeros: 1, shape: shape)], to: [ValueID(4)])
    }
    #expect(throws: ExecutionError.countMismatch(value: "b", expected: 1, found: 2)) {
      try executor.run(
        from: [
          ValueID(1): Tensor(zeros: 1, shape: shape), ValueID(2): Tensor(zeros: 2, shape: shape),
        ], to: [ValueID(4)])
    }
  }

  @Test func checkFindsWhatCannotRun() throws {
    let good = residualGraph(shape)
    try good.check()

    var disordered = good
    disordered.nodes.swapAt(0, 1)
    #expect(throws: ExecutionError.self) { try disordered.check() }

    var misshapen = good
    misshapen.values[3].shape.height = 63
    #expect(throws: ExecutionError.self) { try misshapen.check() }

    var short = good
    guard case .convolution(var conv) = short.nodes[0].operation else { return }
    conv.weights.removeLast()
    short.nodes[0].operation = .convolution(conv)
    #expect(throws: ExecutionError.self) { try short.check() }
  }
}
