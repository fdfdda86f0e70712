import SINFGraph
import Testing

@testable import SINFCompiler

private func chain(seed: UInt64) -> (graph: Graph, images: Tensor) {
  var b = GraphBuilder(height: 8, width: 8, channels: 3, seed: seed)
  let c1 = b.conv(ValueID(0), 24)
  let c2 = b.conv(b.pool(c1), 24)
  let graph = b.classifier(b.conv(c2, 32), classes: 5)
  return (graph, b.images(64))
}

private func calibration(_ graph: Graph, _ images: Tensor) -> ExtractionImages {
  ExtractionImages(
    source: graph.input, original: images, thinned: images,
    labels: (0..<images.count).map { $0 % 5 }, classes: 5)
}

private func relativeError(_ a: Tensor, _ b: Tensor) -> Double {
  var error = 0.0, size = 0.0
  for (x, y) in zip(a.storage, b.storage) {
    error += Double(x - y) * Double(x - y)
    size += Double(y) * Double(y)
  }
  return error / size
}

private func outputs(_ graph: Graph, _ images: Tensor) throws -> Tensor {
  try FloatExecutor(graph).run(images)[graph.output]!
}

@Test func residualsAndDepthwiseTieChannels() {
  var b = GraphBuilder(height: 4, width: 4, channels: 3, seed: 1)
  let a = b.conv(ValueID(0), 16)
  let d = b.conv(a, 16, depthwise: true)
  let c = b.conv(d, 16, kernel: 1)
  let s = b.add(a, c)
  let graph = b.classifier(s, classes: 3)
  let classes = ChannelClasses(graph)
  // The sum ties a, c, the depthwise output of a, and the pooled sum: one group of 16.
  #expect(classes.groups.count == 1)
  #expect(classes.groups[0].count == 16)
  for k in 0..<16 {
    let tied = [a, d, c, s].map { classes.classOf[$0.index][k] }
    #expect(Set(tied).count == 1)
  }
  #expect(classes.classOf[0].allSatisfy { classes.isFixed[$0] })
  #expect(classes.classOf[graph.output.index].allSatisfy { classes.isFixed[$0] })
}

@Test func concatenationKeepsTwoGroupsApart() {
  var b = GraphBuilder(height: 4, width: 4, channels: 3, seed: 2)
  let left = b.conv(ValueID(0), 8)
  let right = b.conv(ValueID(0), 16)
  let joined = b.concat(left, right)
  let graph = b.classifier(joined, classes: 3)
  let classes = ChannelClasses(graph)
  #expect(classes.groups.map(\.count).sorted() == [8, 16])
  #expect(classes.classOf[joined.index][0] == classes.classOf[left.index][0])
  #expect(classes.classOf[joined.index][8] == classes.classOf[right.index][0])
}

@Test func leavingNothingOutChangesNothing() throws {
  let (graph, images) = chain(seed: 3)
  let classes = ChannelClasses(graph)
  for score in FilterScore.allCases {
    var settings = ExtractionSettings()
    settings.score = score
    var extractor = Extractor(
      original: graph, start: ThinnedGraph(graph), classes: classes,
      calibration: calibration(graph, images), settings: settings,
      generator: SeededGenerator(seed: 1))
    let thinned = try extractor.extract(keep: [:])
    #expect(try outputs(thinned.graph, images).storage == outputs(graph, images).storage)
  }
}

@Test func aDuplicatedFilterIsLeftOutWithoutLoss() throws {
  var (graph, images) = chain(seed: 4)
  // Filters 12...23 of the first layer repeat filters 0...11: half of it is redundant.
  guard case .convolution(var conv) = graph.nodes[0].operation else { return }
  let half = 12 * conv.taps
  conv.weights = Array(conv.weights[..<half] + conv.weights[..<half])
  conv.bias = Array(conv.bias[..<12] + conv.bias[..<12])
  graph.nodes[0].operation = .convolution(conv)
  let classes = ChannelClasses(graph)
  let first = try #require(
    classes.groups.firstIndex {
      $0.contains(classes.classOf[graph.nodes[0].output.index][0])
    })
  var settings = ExtractionSettings()
  settings.ridge = 1e-6
  var extractor = Extractor(
    original: graph, start: ThinnedGraph(graph), classes: classes,
    calibration: calibration(graph, images), settings: settings,
    generator: SeededGenerator(seed: 1))
  let thinned = try extractor.extract(keep: [first: 12])
  #expect(thinned.graph[graph.nodes[0].output].shape.channels == 12)
  #expect(relativeError(try outputs(thinned.graph, images), try outputs(graph, images)) < 1e-4)
}

@Test func compensationIsWorthItsTrouble() throws {
  let (graph, images) = chain(seed: 5)
  let classes = ChannelClasses(graph)
  let keep = Dictionary(
    uniqueKeysWithValues: classes.groups.indices.map { ($0, classes.groups[$0].count / 2) })
  var errors: [Compensation: Double] = [:]
  for compensation in Compensation.allCases {
    var settings = ExtractionSettings()
    settings.score = .l1
    settings.compensation = compensation
    var extractor = Extractor(
      original: graph, start: ThinnedGraph(graph), classes: classes,
      calibration: calibration(graph, images), settings: settings,
      generator: SeededGenerator(seed: 1))
    let thinned = try extractor.extract(keep: keep)
    for g in classes.groups.indices {
      let left = Set(
        thinned.keptChannels.indices.flatMap { v in
          thinned.keptChannels[v].map { classes.classOf[v][$0] }
        }
      ).intersection(classes.groups[g])
      #expect(left.count == keep[g])
    }
    errors[compensation] = relativeError(
      try outputs(thinned.graph, images), try outputs(graph, images))
  }
  #expect(errors[.mean]! < errors[.none]!)
  #expect(errors[.leastSquares]! < 0.5 * errors[.mean]!)
}

@Test func residualNetworksThinAsOne() throws {
  var b = GraphBuilder(height: 8, width: 8, channels: 3, seed: 6)
  let stem = b.conv(ValueID(0), 24)
  let inner = b.conv(b.conv(stem, 32, kernel: 1), 24, activation: .none)
  let sum = b.add(stem, inner)
  let expanded = b.conv(sum, 40, kernel: 1)
  let wise = b.conv(expanded, 40, depthwise: true)
  let graph = b.classifier(b.conv(wise, 24, kernel: 1), classes: 4)
  let images = b.images(48)
  let classes = ChannelClasses(graph)
  let keep = Dictionary(
    uniqueKeysWithValues: classes.groups.indices.map { ($0, classes.groups[$0].count - 8) })
  for score in FilterScore.allCases {
    var settings = ExtractionSettings()
    settings.score = score
    var extractor = Extractor(
      original: graph, start: ThinnedGraph(graph), classes: classes,
      calibration: ExtractionImages(
        source: graph.input, original: images, thinned: images,
        labels: (0..<48).map { $0 % 4 }, classes: 4), settings: settings,
      generator: SeededGenerator(seed: 1))
    let thinned = try extractor.extract(keep: keep)
    #expect(thinned.graph[sum].shape.channels == 16)
    #expect(thinned.graph[stem].shape.channels == 16)
    #expect(thinned.graph[wise].shape.channels == 32)
    let error = relativeError(try outputs(thinned.graph, images), try outputs(graph, images))
    #expect(error < 0.5)
  }
}

@Test func sensitivityRisesAndAllocationMeetsItsTarget() throws {
  let (graph, images) = chain(seed: 7)
  let classes = ChannelClasses(graph)
  let groups = Array(classes.groups.indices)
  var extractor = Extractor(
    original: graph, start: ThinnedGraph(graph), classes: classes,
    calibration: calibration(graph, images), settings: ExtractionSettings(),
    generator: SeededGenerator(seed: 1))
  let curves = try extractor.sensitivity(of: groups)
  for g in groups {
    let curve = try #require(curves.errors[g])
    #expect(curve.count == classes.groups[g].count)
    #expect(zip(curve, curve.dropFirst()).allSatisfy { $0 <= $1 })
  }
  let nodes = Array(graph.nodes.indices)
  func cost(_ keep: KeepCounts) -> Int {
    classes.multiplyAccumulates(of: nodes, in: graph, keeping: keep)
  }
  #expect(cost([:]) == graph.multiplyAccumulates)
  let target = graph.multiplyAccumulates * 7 / 10
  let keep = ShareAllocation.greedy(
    groups: groups, classes: classes, curves: curves, target: target, multiplyAccumulates: cost)
  #expect(cost(keep) <= target)
  // Whole groups, or multiples of what kernels compute at a time.
  #expect(
    keep.allSatisfy { $1 % ShareAllocation.step == 0 || $1 == classes.groups[$0].count })
  #expect(keep.contains { $1 < classes.groups[$0].count })
}
