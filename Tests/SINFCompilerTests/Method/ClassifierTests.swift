import SINFGraph
import Testing

@testable import SINFCompiler

/// Three Gaussian blobs; feature 2 is noise, feature 3 constant.
private func blobs(_ rows: Int, seed: UInt64) -> (x: [Float], labels: [Int]) {
  var generator = SeededGenerator(seed: seed)
  var x: [Float] = [], labels: [Int] = []
  let centres: [(Float, Float)] = [(0, 10), (8, 0), (-8, 0)]
  for i in 0..<rows {
    let c = i % 3
    x += [
      centres[c].0 + generator.normal(), centres[c].1 + generator.normal(), generator.normal(), 5,
    ]
    labels.append(c)
  }
  return (x, labels)
}

@Test func classifiersSeparateBlobs() {
  let train = blobs(600, seed: 1), test = blobs(300, seed: 2)
  for hidden in [0, 8] {
    var settings = SoftmaxClassifier.Settings()
    settings.hiddenUnits = hidden
    settings.learningRate = 0.02
    settings.batch = 32
    var generator = SeededGenerator(seed: 3)
    let classifier = SoftmaxClassifier.fit(
      train.x, labels: train.labels, classes: 3, settings: settings, generator: &generator)
    let predictions = classifier.predictions(test.x, rows: 300)
    let right = zip(predictions, test.labels).filter { $0 == $1 }.count
    #expect(right >= 295)
    var again = SeededGenerator(seed: 3)
    let same = SoftmaxClassifier.fit(
      train.x, labels: train.labels, classes: 3, settings: settings, generator: &again)
    #expect(same.layers.map(\.weights) == classifier.layers.map(\.weights))
  }
}

@Test func discriminativeScoreFindsTheTellingChannel() {
  // Channel 1 tells the classes apart, channels 0 and 2 are noise.
  var generator = SeededGenerator(seed: 4)
  let shape = Shape(height: 4, width: 4, channels: 3)
  var storage: [Float] = [], labels: [Int] = []
  for i in 0..<300 {
    let label = i % 2
    labels.append(label)
    for _ in 0..<16 {
      storage += [
        generator.normal(), (label == 0 ? -1 : 1) + generator.normal(), generator.normal(),
      ]
    }
  }
  let scores = DiscriminativeScore.scores(
    Tensor(count: 300, shape: shape, storage: storage), labels: labels, classes: 2, pooledTo: 2,
    epochs: 20, generator: &generator)
  #expect(scores.count == 3)
  #expect(scores[1] > 2 * scores[0] && scores[1] > 2 * scores[2])
}

@Test func adaptivePoolingMatchesItsDefinition() {
  let shape = Shape(height: 5, width: 3, channels: 2)
  let tensor = Tensor(count: 2, shape: shape, storage: (0..<60).map(Float.init))
  let pooled = tensor.adaptivelyPooled(to: 2)
  #expect(pooled.shape == Shape(height: 2, width: 2, channels: 2))
  // Rows 0..<3 and 2..<5, columns 0..<2 and 1..<3.
  func mean(_ image: Int, _ ys: Range<Int>, _ xs: Range<Int>, _ c: Int) -> Float {
    var sum: Float = 0
    for y in ys { for x in xs { sum += Float(image * 30 + (y * 3 + x) * 2 + c) } }
    return sum / Float(ys.count * xs.count)
  }
  for image in 0..<2 {
    for c in 0..<2 {
      #expect(abs(pooled.storage[image * 8 + 0 + c] - mean(image, 0..<3, 0..<2, c)) < 1e-4)
      #expect(abs(pooled.storage[image * 8 + 6 + c] - mean(image, 2..<5, 1..<3, c)) < 1e-4)
    }
  }
}

@Test func routePredictorGraphGivesTheClassifiersScores() throws {
  var generator = SeededGenerator(seed: 5)
  let shape = Shape(height: 5, width: 5, channels: 4)
  let features = Tensor(
    count: 40, shape: shape, storage: (0..<40 * 100).map { _ in generator.normal() })
  for (side, hidden) in [(1, 0), (2, 0), (4, 6)] {
    let pooled = try RoutePredictor.pool(features, side: side)
    var settings = SoftmaxClassifier.Settings()
    settings.hiddenUnits = hidden
    settings.epochs = 2
    let predictor = RoutePredictor.fit(
      pooled: pooled, side: side, labels: (0..<40).map { $0 % 3 }, classes: 3, settings: settings,
      generator: &generator)
    let graph = predictor.graph(reading: shape)
    let scores = try FloatExecutor(graph).run(features)[graph.output]!
    let expected = predictor.classifier.logits(pooled.storage, rows: 40)
    for (a, b) in zip(scores.storage, expected) { #expect(abs(a - b) < 1e-4) }
  }
}

@Test func clusteringFindsBlocksAndBalance() {
  // Classes 0, 2, 4 are alike, 1, 3, 5 are alike.
  var similarity = [Double](repeating: 0.01, count: 36)
  for i in 0..<6 { for j in 0..<6 where i % 2 == j % 2 { similarity[i * 6 + j] = 0.5 } }
  let clusters = AgglomerativeClustering.clusters(
    similarity, classes: 6, count: 2, balance: 0)
  #expect(clusters == [0, 1, 0, 1, 0, 1])
  let all = AgglomerativeClustering.clusters(similarity, classes: 6, count: 6, balance: 1)
  #expect(all == [0, 1, 2, 3, 4, 5])
}
