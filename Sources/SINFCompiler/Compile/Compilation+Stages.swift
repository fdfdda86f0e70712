import Foundation
import SINFGraph

/// The network with the layers before the split thinned for all clusters together, and the rest
/// re-fitted to them: what the fallback runs.
struct SharedNetwork {
  var thinned: ThinnedGraph
  var split: ValueID
}

/// The route predictor with what is needed to use it.
struct FittedRoute {
  var predictor: RoutePredictor
  /// 1 / temperature: makes the probabilities match what is right on validation images.
  var inverseTemperature: Float
  /// Images of the fit part, and their class scores from predictors that had not seen them.
  var images: [Int]
  var outOfFold: [Float]
}

extension Compilation {
  /// Thins the groups before the split as `keep` says and re-fits everything behind them.
  func extractShared(at split: ValueID, keep: KeepCounts) throws -> SharedNetwork {
    guard options.thinsSharedLayers else {
      return SharedNetwork(thinned: ThinnedGraph(base.graph), split: split)
    }
    reporter.begin("thinning the layers that all clusters share")
    let head = try base.graph.split(at: split).head
    let headValues = Set(head.nodes.map(\.output))
    let early = keep.filter { g, _ in
      classes.groups[g].contains { c in
        classes.members[c].contains { headValues.contains($0.value) }
      }
    }
    let sample = fitSample(options.sharedImages)
    let input = base.tensor(of: sample, in: images)
    var settings = options.extraction
    if settings.score.needsCluster { settings.score = .reconstruction }
    var extractor = Extractor(
      original: base.graph, start: ThinnedGraph(base.graph), classes: classes,
      calibration: ExtractionImages(
        source: base.graph.input, original: input, thinned: input,
        labels: sample.map { images.labels[$0] }, classes: images.classCount),
      settings: settings, generator: generator("shared layers"))
    let thinned = try extractor.extract(keep: early, progress: reporter.advance)
    return SharedNetwork(thinned: thinned, split: split)
  }

  /// Fits the route predictor on the shared network's features of fit images and calibrates its
  /// temperature on validation images.
  func fitRoute(_ shared: SharedNetwork) throws -> FittedRoute {
    reporter.begin("fitting the route predictor")
    let side = options.routePooledSide
    let sample = fitSample(options.routeImages)
    let labels = sample.map { images.labels[$0] }
    let head = try shared.thinned.graph.split(at: shared.split).head
    let pooled = try pooledFeatures(head, of: sample, side: side) { reporter.advance($0 * 0.4) }
    var settings = SoftmaxClassifier.Settings()
    settings.epochs = 10
    settings.weightDecay = 0.05
    var generator = generator("route predictor")
    let outOfFold = RoutePredictor.outOfFoldScores(
      pooled: pooled, side: side, labels: labels, classes: images.classCount, settings: settings,
      generator: &generator
    ) { reporter.advance(0.4 + 0.3 * $0) }
    let predictor = RoutePredictor.fit(
      pooled: pooled, side: side, labels: labels, classes: images.classCount, settings: settings,
      generator: &generator
    ) { reporter.advance(0.7 + 0.3 * $0) }
    let held = try pooledFeatures(head, of: split.validation, side: side) { _ in }
    return FittedRoute(
      predictor: predictor,
      inverseTemperature: Calibrating.inverseTemperature(
        predictor.classifier.logits(held.storage, rows: held.count),
        labels: split.validation.map { images.labels[$0] }, classes: images.classCount),
      images: sample, outOfFold: outOfFold)
  }

  /// Pooled features of many images, never more than a portion of unpooled ones at a time.
  func pooledFeatures(
    _ head: Graph, of indices: [Int], side: Int, progress: (Double) -> Void
  ) throws -> Tensor {
    let executor = FloatExecutor(head)
    var result: Tensor?
    for start in stride(from: 0, to: indices.count, by: 500) {
      let part = indices[start..<min(start + 500, indices.count)]
      let features = try executor.run(base.tensor(of: part, in: images))[head.output]!
      let pooled = try RoutePredictor.pool(features, side: side)
      if result == nil {
        result = pooled
      } else {
        result!.storage += pooled.storage
        result!.count += pooled.count
      }
      progress(Double(start + part.count) / Double(indices.count))
    }
    return result!
  }

  /// The classes that get a row in each cluster: members, and visitors that the predictor sends
  /// there often enough, judged by images that it had not seen, and their routes.
  func rows(of clusters: ClusterMap, images unseen: [Int], routes: [Int]) -> [[Int]] {
    var sent = [[Int]](
      repeating: [Int](repeating: 0, count: images.classCount), count: clusters.count)
    var totals = [Int](repeating: 0, count: images.classCount)
    for (cluster, image) in zip(routes, unseen) {
      sent[cluster][images.labels[image]] += 1
      totals[images.labels[image]] += 1
    }
    return (0..<clusters.count).map { cluster in
      (0..<images.classCount).filter { c in
        clusters.clusterOfClass[c] == cluster
          || (sent[cluster][c] > 0
            && Double(sent[cluster][c]) >= options.visitorShare * Double(totals[c]))
      }
    }
  }

  /// One cluster's subgraph, on fit images that the predictor sends there: behind the split thinned
  /// as `keep` says, with the cluster's rows.
  func extractSubgraph(
    _ shared: SharedNetwork, cluster: Int, rows: [Int], images chosen: [Int], keep: KeepCounts
  ) throws -> Graph {
    let sharedHead = try shared.thinned.graph.split(at: shared.split).head
    let labels = chosen.map { image in rows.firstIndex(of: images.labels[image]) ?? -1 }
    var extractor = Extractor(
      original: base.graph, start: shared.thinned, classes: classes,
      calibration: ExtractionImages(
        source: shared.split,
        original: try base.values(shared.split, by: base.graph, of: chosen, in: images),
        thinned: try base.values(shared.split, by: sharedHead, of: chosen, in: images),
        labels: labels, classes: rows.count, rows: rows),
      settings: options.extraction, generator: generator("subgraph \(cluster)"))
    let thinned = try extractor.extract(keep: keep, progress: reporter.advance)
    return try thinned.graph.split(at: shared.split).tail.selectingOutputs(rows)
  }
}

enum Calibrating {
  /// The factor on logits that makes the mean log-likelihood of the labels largest, by golden
  /// section over 0.05...5 (Guo et al., "On Calibration of Modern Neural Networks", 2017).
  static func inverseTemperature(_ logits: [Float], labels: [Int], classes: Int) -> Float {
    func loss(_ factor: Float) -> Double {
      var scaled = logits.map { $0 * factor }
      softmaxRows(&scaled, columns: classes)
      var sum = 0.0
      for (row, label) in labels.enumerated() {
        sum -= log(Double(max(scaled[row * classes + label], 1e-12)))
      }
      return sum
    }
    var low: Float = 0.05, high: Float = 5
    let ratio: Float = 0.618_034
    var a = high - ratio * (high - low), b = low + ratio * (high - low)
    var lossA = loss(a), lossB = loss(b)
    for _ in 0..<30 {
      if lossA < lossB {
        (high, b, lossB) = (b, a, lossA)
        a = high - ratio * (high - low)
        lossA = loss(a)
      } else {
        (low, a, lossA) = (a, b, lossB)
        b = low + ratio * (high - low)
        lossB = loss(b)
      }
    }
    return (low + high) / 2
  }
}
