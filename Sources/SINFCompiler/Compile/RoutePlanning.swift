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

/// Clusters and split of a compilation, with everything that was tried.
public struct RoutePlan: Sendable {
  public var chosen: SplitTrial
  public var trials: [SplitTrial]
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
  /// Numbers of clusters that are tried when the compiler chooses. Two or three of many classes are
  /// predicted early and well, but divide too little to save anything.
  private var automaticCounts: [Int] { images.classCount >= 16 ? [4, 6, 8] : [2, 3, 4] }

  /// Tries the candidates from the earliest on and takes the first at which routes can be predicted
  /// well enough. Where the compiler chooses the number of clusters, that is the largest number
  /// that reaches the wanted route accuracy there. If no split reaches it, the one is taken that
  /// promises most: route accuracy times the share of the cost behind it, a heuristic.
  func plan(
    clusters: ClusterSource, splitName: String?, routeAccuracy wanted: Double, reporter: Reporter
  ) throws -> RoutePlan {
    let places = try places(named: splitName)
    let fitFeatures = try pooledFeatures(at: places, of: fit) { reporter.advance($0 * 0.6) }
    let heldFeatures = try pooledFeatures(at: places, of: validation) {
      reporter.advance(0.6 + $0 * 0.1)
    }
    var trials: [SplitTrial] = []
    for (position, place) in places.enumerated() {
      let here = attempts(
        at: place, clusters, fitFeatures[place.value]!, heldFeatures[place.value]!)
      trials += here
      reporter.advance(0.7 + 0.3 * Double(position + 1) / Double(places.count))
      let good = here.filter { $0.routeAccuracy >= wanted }
      if let best = good.max(by: { $0.clusters.count < $1.clusters.count }) {
        return RoutePlan(chosen: best, trials: trials)
      }
    }
    let promising = trials.max {
      $0.routeAccuracy * (1 - $0.costShare) < $1.routeAccuracy * (1 - $1.costShare)
    }
    guard let promising else {
      throw LoweringError("\(images.classCount) classes can't be divided into clusters")
    }
    return RoutePlan(chosen: promising, trials: trials)
  }

  /// What can be had at one place: one trial a cluster map. Clusters are found from the confusions
  /// of validation images, because those of memorised ones flatter.
  private func attempts(
    at place: SplitCandidate, _ source: ClusterSource, _ fitFeatures: Tensor,
    _ heldFeatures: Tensor
  ) -> [SplitTrial] {
    let classes = images.classCount
    var settings = SoftmaxClassifier.Settings()
    settings.epochs = 6
    var generator = SeededGenerator(seed: seed, purpose: "route trial")
    let predictor = RoutePredictor.fit(
      pooled: fitFeatures, side: Self.side, labels: fit.map { images.labels[$0] },
      classes: classes, settings: settings, generator: &generator)
    let scores = predictor.classifier.logits(heldFeatures.storage, rows: heldFeatures.count)
    let labels = validation.map { images.labels[$0] }
    let maps: [ClusterMap]
    switch source {
    case .given(let map): maps = [map]
    case .automatic(let count):
      let similarity = ClusterMap.similarity(
        ofClassScores: scores, labels: labels, classes: classes)
      let counts = count.map { [$0] } ?? automaticCounts
      maps = counts.filter { $0 <= classes }.map {
        .automatic(similarity: similarity, classNames: images.classNames, count: $0)
      }
    }
    return maps.map { map in
      SplitTrial(
        value: place.value, name: base.graph[place.value].name, shape: place.shape,
        costShare: Double(place.multiplyAccumulatesBefore)
          / Double(base.graph.multiplyAccumulates), clusters: map,
        routeAccuracy: map.routeAccuracy(ofClassScores: scores, labels: labels))
    }
  }

  private func places(named name: String?) throws -> [SplitCandidate] {
    if let name {
      let all = base.graph.splitCandidates()
      guard let place = all.first(where: { base.graph[$0.value].name == name }) else {
        let names = all.map { base.graph[$0.value].name }.joined(separator: ", ")
        throw LoweringError("no split at '\(name)'; the network can be split at: \(names)")
      }
      return [place]
    }
    let found = candidates()
    guard !found.isEmpty else {
      throw LoweringError(
        "the network has no place where a single tensor crosses between 5 % and 80 % of its cost")
    }
    return found
  }

  /// Candidates worth a look: one a distinct cost, the smallest tensor of equal ones (behind the
  /// pooling rather than before it), with between 5 % and 80 % of the cost before them.
  private func candidates() -> [SplitCandidate] {
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

  /// Pooled features of every candidate for some images, in one pass over the network.
  private func pooledFeatures(
    at candidates: [SplitCandidate], of indices: [Int], progress: (Double) -> Void
  ) throws -> [ValueID: Tensor] {
    var result: [ValueID: Tensor] = [:]
    let executor = FloatExecutor(base.graph)
    for start in stride(from: 0, to: indices.count, by: 500) {
      let part = Array(indices[start..<min(start + 500, indices.count)])
      let values = try executor.run(
        from: [base.graph.input: base.tensor(of: part, in: images)],
        to: Set(candidates.map(\.value)))
      for c in candidates {
        let pooled = try RoutePredictor.pool(values[c.value]!, side: Self.side)
        if result[c.value] == nil {
          result[c.value] = pooled
        } else {
          result[c.value]!.storage += pooled.storage
          result[c.value]!.count += pooled.count
        }
      }
      progress(Double(start + part.count) / Double(indices.count))
    }
    return result
  }
}
