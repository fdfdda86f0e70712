import SINFGraph
import Testing

/// A graph grown node by node; `last` is the newest value.
private struct Grower {
  var graph: Graph
  var last = ValueID(0)
  var numbers = Numbers(seed: 21)

  init(_ shape: Shape) {
    graph = Graph(
      values: [Value(name: "input", shape: shape)], nodes: [], input: ValueID(0),
      output: ValueID(0))
  }

  @discardableResult
  mutating func add(
    _ operation: SINFGraph.Operation, _ inputs: [ValueID]? = nil, shape: Shape? = nil
  ) -> ValueID {
    let inputs = inputs ?? [last]
    var size = shape ?? graph[inputs[0]].shape
    if case .convolution(let conv) = operation { size = outputShape(graph[inputs[0]].shape, conv) }
    last = ValueID(graph.values.count)
    graph.values.append(Value(name: "v\(last.index)", shape: size))
    graph.nodes.append(
      Node(name: "n\(last.index)", operation: operation, inputs: inputs, output: last))
    graph.output = last
    return last
  }

  @discardableResult
  mutating func convolve(_ padding: Padding = .none, groups: Int = 1) -> ValueID {
    let channels = graph[last].shape.channels
    return add(
      .convolution(
        Convolution(
          inputChannels: channels, outputChannels: channels, kernelHeight: 3, kernelWidth: 3,
          padding: padding, groups: groups,
          weights: numbers.array(channels * channels / groups * 9),
          bias: numbers.array(channels))))
  }

  @discardableResult
  mutating func scale() -> ValueID {
    let channels = graph[last].shape.channels
    return add(
      .convolution(.affine(scale: numbers.array(channels), shift: numbers.array(channels))))
  }

  /// Simplifies, checks that the answer stays, and returns what is left.
  mutating func simplified() throws -> [Node] {
    let input = numbers.tensor(2, graph[graph.input].shape)
    let before = try #require(try FloatExecutor(graph).run(input)[graph.output])
    graph.simplify()
    try graph.check()
    let after = try #require(try FloatExecutor(graph).run(input)[graph.output])
    #expect(after.largestDifference(from: before) < 1e-4)
    return graph.nodes
  }
}

@Suite struct SimplifyTests {
  let shape = Shape(height: 6, width: 5, channels: 4)
  let around = Padding(top: 1, left: 1, bottom: 1, right: 1)

  @Test(arguments: [1, 2, 4]) func scalesAndActivationsJoinTheConvolutionBefore(groups: Int) throws
  {
    var grower = Grower(shape)
    grower.convolve(around, groups: groups)
    grower.scale()
    grower.scale()
    grower.add(.activation(.relu))
    grower.add(.activation(.clamp(low: -1, high: 0.5)))
    let nodes = try grower.simplified()
    #expect(nodes.count == 1)
    guard case .convolution(let conv) = nodes[0].operation else { return }
    #expect(conv.activation == .clamp(low: 0, high: 0.5))
    #expect(grower.graph.values.count == 2)
  }

  @Test(arguments: [1, 2, 4]) func scalesJoinTheConvolutionAfter(groups: Int) throws {
    var grower = Grower(shape)
    grower.scale()
    grower.convolve(groups: groups)
    #expect(try grower.simplified().count == 1)
  }

  @Test func shiftsStayBeforePadding() throws {
    var grower = Grower(shape)
    grower.scale()
    grower.convolve(around)
    #expect(try grower.simplified().count == 2)
  }

  @Test func whatAnotherNodeReadsStays() throws {
    var grower = Grower(shape)
    let first = grower.convolve(around)
    let second = grower.scale()
    let third = grower.add(.activation(.relu), [first])
    grower.add(.concat, [first, second, third], shape: Shape(height: 6, width: 5, channels: 12))
    #expect(try grower.simplified().count == 4)
  }

  @Test func theGraphsOutputStays() throws {
    var grower = Grower(shape)
    let first = grower.convolve(around)
    grower.add(.activation(.relu))
    grower.graph.output = first
    // The activation is not needed for the output and goes, unjoined.
    let nodes = try grower.simplified()
    #expect(nodes.count == 1)
    guard case .convolution(let conv) = nodes[0].operation else { return }
    #expect(conv.activation == .none)
  }

  @Test func activationsJoinSums() throws {
    var grower = Grower(shape)
    let first = grower.convolve(around)
    grower.add(.add(.none), [first, ValueID(0)])
    grower.add(.activation(.relu))
    let nodes = try grower.simplified()
    guard case .add(let activation) = nodes.last?.operation else {
      Issue.record("the sum is gone")
      return
    }
    #expect(nodes.count == 2 && activation == .relu)
  }

  @Test func paddingJoinsWhatReadsIt() throws {
    let zeros = Convolution.zeroPadding(
      Padding(top: 0, left: 1, bottom: 2, right: 1), channels: shape.channels)
    let pool = Pooling(kernelHeight: 3, kernelWidth: 3, strideHeight: 1, strideWidth: 1)
    let pooled = Shape(height: 6, width: 5, channels: 4)

    var grower = Grower(shape)
    let padded = grower.add(.convolution(zeros))
    let first = grower.convolve()
    let second = grower.add(.averagePool(pool), [padded], shape: pooled)
    grower.add(.add(.none), [first, second])
    #expect(try grower.simplified().count == 3)

    // Zeros win against negative numbers, unless there are none.
    var negative = Grower(shape)
    negative.add(.convolution(zeros))
    negative.add(.maxPool(pool), shape: pooled)
    #expect(try negative.simplified().count == 2)

    var positive = Grower(shape)
    positive.convolve(around)
    positive.add(.activation(.relu))
    positive.add(.convolution(zeros))
    positive.add(.maxPool(pool), shape: pooled)
    #expect(try positive.simplified().count == 2)
  }

  @Test func identitiesGo() throws {
    var grower = Grower(shape)
    grower.convolve(around)
    grower.add(
      .convolution(
        .affine(scale: [Float](repeating: 1, count: 4), shift: [Float](repeating: 0, count: 4))))
    grower.add(.activation(.none))
    grower.add(.globalAveragePool, shape: Shape(height: 1, width: 1, channels: 4))
    #expect(try grower.simplified().count == 2)
  }
}
