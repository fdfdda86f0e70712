import SINFGraph

/// One place to split, and how well routes can be predicted there.
public struct SplitTrial: Sendable {
  public var value: ValueID
  public var name: String
  public var shape: Shape
  /// Share of the base network's multiply-accumulates spent before it.
  public var costShare: Double
  public var clusters: ClusterMap
  /// On validation images, by a linear predictor on 2x2 means: what a first look gives.
  public var routeAccuracy: Double
}

/// Chooses clusters and split from the base network's features.
struct RoutePlanner {
  let base: BaseNetwork
  let images: LabelledImages
  let fit: [Int]
  let validation: [Int]
  let seed: UInt64

  /// Side of the pooled maps of a first look.
  private static let side = 2

  /// Pooled features of every candidate for some images, in one pass over the network.
  func pooledFeatures(
    at candidates: [SplitCandidate], of indices: [Int], progress: (Double) -> Void
  ) throws -> [ValueID: Tensor] {
    var result: [ValueID: Tensor] = [:]
    for c in candidates {
      let pooled = Shape(
        height: min(Self.side, c.shape.height), width: min(Self.side, c.shape.width),
        channels: c.shape.channels)
      result[c.value] = Tensor(count: 0, shape: pooled, storage: [])
    }
    let executor = FloatExecutor(base.graph)
    let chunk = 500
    for start in stride(from: 0, to: indices.count, by: chunk) {
      let part = Array(indices[start..<min(start + chunk, indices.count)])
      let values = try executor.run(
        from: [base.graph.input: base.tensor(of: part, in: images)],
        to: Set(candidates.map(\.value)))
      for c in candidates {
        let pooled = try RoutePredictor.pool(values[c.value]!, side: Self.side)
        result[c.value]!.storage += pooled.storage
        result[c.value]!.count += pooled.count
      }
      progress(Double(start + part.count) / Double(indices.count))
    }
    return result
  }

  /// Candidates worth a look: one a distinct cost, the smallest tensor of equal ones (behind the
  /// pooling rather than before it), with between 5 % and 80 % of the cost before them.
  func candidates() -> [SplitCandidate] {
    let total = Double(base.graph.multiplyAccumulates)
    var byCost: [Int: SplitCandidate] = [:]
    for c in base.graph.splitCandidates() {
      let share = Double(c.multiplyAccumulatesBefore) / total
      guard share >= 0.05 && share <= 0.8 else { continue }
      if let known = byCost[c.multiplyAccumulatesBefore], known.shape.count < c.shape.count {
        continue
      }
      byCost[c.multiplyAccumulatesBefore] = c
    }
    return byCost.values.sorted { $0.multiplyAccumulatesBefore < $1.multiplyAccumulatesBefore }
  }

  /// Similarity of classes at a split: how often a linear classifier of all classes gives one the
  /// other's probability, from validation images so that memorised ones don't flatter.
  func similarity(fitFeatures: Tensor, validationFeatures: Tensor) -> [Double] {
    let classes = images.classCount
    var settings = SoftmaxClassifier.Settings()
    settings.epochs = 6
    settings.labelSmoothing = 0
    var generator = SeededGenerator(seed: seed, purpose: "class similarity")
    let classifier = SoftmaxClassifier.fit(
      fitFeatures.storage, labels: fit.map { images.labels[$0] }, classes: classes,
      settings: settings, generator: &generator)
    var probabilities = classifier.logits(
      validationFeatures.storage, rows: validationFeatures.count)
    softmaxRows(&probabilities, columns: classes)
    var confusion = [Double](repeating: 0, count: classes * classes)
    var counts = [Double](repeating: 0, count: classes)
    for (row, image) in validation.enumerated() {
      let label = images.labels[image]
      counts[label] += 1
      for c in 0..<classes {
        confusion[label * classes + c] += Double(probabilities[row * classes + c])
      }
    }
    var similarity = [Double](repeating: 0, count: classes * classes)
    for i in 0..<classes {
      for j in 0..<classes {
        similarity[i * classes + j] =
          confusion[i * classes + j] / max(counts[i], 1)
          + confusion[j * classes + i] / max(counts[j], 1)
      }
    }
    return similarity
  }

  /// Route accuracy on validation images of a linear predictor for `map`.
  func routeAccuracy(_ map: ClusterMap, fitFeatures: Tensor, validationFeatures: Tensor) -> Double
  {
    var settings = SoftmaxClassifier.Settings()
    settings.epochs = 6
    var generator = SeededGenerator(seed: seed, purpose: "route trial")
    let classifier = SoftmaxClassifier.fit(
      fitFeatures.storage, labels: fit.map { map.clusterOfClass[images.labels[$0]] },
      classes: map.count, settings: settings, generator: &generator)
    let predictions = classifier.predictions(
      validationFeatures.storage, rows: validationFeatures.count)
    let right = zip(predictions, validation).filter {
      $0 == map.clusterOfClass[images.labels[$1]]
    }.count
    return Double(right) / Double(max(validation.count, 1))
  }

  /// Automatic clusters from a similarity, named by their number and first members.
  func automaticClusters(_ similarity: [Double], count: Int) -> ClusterMap {
    let clusterOfClass = AgglomerativeClustering.clusters(
      similarity, classes: images.classCount, count: count, balance: 0.5)
    let names = (0..<count).map { cluster in
      let members = clusterOfClass.indices.filter { clusterOfClass[$0] == cluster }
      let shown = members.prefix(3).map { images.classNames[$0] }.joined(separator: ", ")
      return "\(cluster): \(shown)\(members.count > 3 ? ", ..." : "")"
    }
    return ClusterMap(names: names, clusterOfClass: clusterOfClass)
  }
}
