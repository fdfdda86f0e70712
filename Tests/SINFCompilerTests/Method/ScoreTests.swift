import SINFGraph
import Testing

@testable import SINFCompiler

/// Numbers by image, row, column, channel.
private func maps(_ count: Int, _ h: Int, _ w: Int, _ c: Int, _ numbers: [Float]) -> Tensor {
  Tensor(count: count, shape: Shape(height: h, width: w, channels: c), storage: numbers)
}

private func isNear(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-6) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < tolerance }
}

@Test func ranksOfMapsAreMeansOverImages() {
  // Two images of 2 x 2, three channels: full rank and rank one; always rank one; dead.
  let tensor = maps(
    2, 2, 2, 3,
    [1, 1, 0, 0, 2, 0, 0, 2, 0, 1, 4, 0]  // (1 0; 0 1), (1 2; 2 4), 0
      + [1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 3, 0])  // (1 1; 1 1), (0 0; 0 3), 0
  #expect(isNear(tensor.meanRanks(), [1.5, 1, 0]))
}

@Test func independenceIsTheFallOfTheNuclearNorm() {
  // Rows (3, 0), (0, 4), (0, 0) over two pixels: singular values 3 and 4.
  let wide = maps(1, 1, 2, 3, [3, 0, 0, 0, 4, 0])
  #expect(isNear(wide.independence(), [3, 4, 0]))
  // As many pixels as channels and more: rows (1, 0, 0) and (0, 0, 2); a repeated row counts little.
  #expect(isNear(maps(1, 1, 3, 2, [1, 0, 0, 0, 0, 2]).independence(), [1, 2]))
  let root = Double(2).squareRoot()
  #expect(isNear(maps(1, 1, 2, 2, [1, 1, 0, 0]).independence(), [root - 1, root - 1]))
}

@Test func singularValuesOfARectangle() {
  // (3 0; 4 5) has singular values sqrt 45 and sqrt 5.
  #expect(
    isNear(
      Spectrum.singularValues([3, 0, 4, 5], rows: 2, columns: 2),
      [Double(5).squareRoot(), Double(45).squareRoot()]))
  #expect(
    isNear(Spectrum.singularValues([3, 4], rows: 1, columns: 2), [5]))
}

@Test func distancesOfFiltersFromEachOther() {
  // (0, 0), (3, 4), (0, 0), (6, 8): distances 0, 5 and 10.
  let conv = Convolution(
    inputChannels: 2, outputChannels: 4, kernelHeight: 1, kernelWidth: 1,
    weights: [0, 0, 3, 4, 0, 0, 6, 8], bias: [9, 9, 9, 9])
  #expect(isNear(conv.filterDistances(), [15, 15, 15, 25], 1e-5))
}

@Test func separationIsThatOfTheNearestClasses() {
  // Classes 0 and 1 at means 0 and 4, class 2 at 4 in the first channel and 8 in the second; all of
  // variance 1. The first channel can't tell 1 from 2.
  let tensor = maps(
    6, 1, 1, 3, [-1, -1, 5, 1, 1, 5, 3, 3, 5, 5, 5, 5, 3, 7, 5, 5, 9, 5])
  let separations = tensor.leastSeparations(labels: [0, 0, 1, 1, 2, 2], classes: 3)
  // 1 - exp(-16 / 8): Gaussians of variance 1 whose means are 4 apart. The third channel is dead.
  #expect(isNear(separations, [0, 0.864_664_716_763, 0]))
  #expect(tensor.leastSeparations(labels: [0, 0, 0, 0, 0, 0], classes: 1) == [0, 0, 0])
  // Equal means, variances 1 and 4: 1 - sqrt(2 * 1 * 2 / (1 + 4)).
  let spread = maps(4, 1, 1, 1, [-1, 1, -2, 2])
  #expect(
    isNear(
      spread.leastSeparations(labels: [0, 0, 1, 1], classes: 2), [1 - Double(0.8).squareRoot()]))
}

@Test func crossEntropyGradientIsShareLessOneHot() {
  let logits = maps(2, 1, 1, 3, [0, 7, 0, 0, 7, 0])
  let gradient = logits.crossEntropyGradient(labels: [0, 1], rows: [0, 2])
  #expect(gradient.storage == [-0.5, 0, 0.5, 0.5, 0, -0.5])
}

@Test func theScoredOfSeveralFiltersTheLowestGoes() throws {
  // Two pixels through two filters that are told apart by every score of filters: the second is dead.
  var b = GraphBuilder(height: 4, width: 4, channels: 2, seed: 11)
  let first = b.conv(ValueID(0), 24)
  var graph = b.classifier(b.conv(first, 24), classes: 3)
  guard case .convolution(var conv) = graph.nodes[0].operation else { return }
  let dead = 5
  for tap in 0..<conv.taps { conv.weights[dead * conv.taps + tap] = 0 }
  conv.bias[dead] = 0
  graph.nodes[0].operation = .convolution(conv)
  let images = b.images(60)
  let classes = ChannelClasses(graph)
  let group = try #require(
    classes.groups.firstIndex { $0.contains(classes.classOf[first.index][dead]) })
  for score: FilterScore in [.dcs, .l1, .taylor, .hrank, .chip, .tvsprune, .reconstruction] {
    var settings = ExtractionSettings()
    settings.score = score
    settings.compensation = .none
    var extractor = Extractor(
      original: graph, start: ThinnedGraph(graph), classes: classes,
      calibration: ExtractionImages(
        source: graph.input, original: images, thinned: images,
        labels: (0..<60).map { $0 % 3 }, classes: 3), settings: settings,
      generator: SeededGenerator(seed: 1))
    let thinned = try extractor.extract(keep: [group: 23])
    #expect(!thinned.keptChannels[first.index].contains(dead), "\(score.rawValue)")
  }
}
