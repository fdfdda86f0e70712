import SINFGraph

/// Clusters and split of a compilation, with everything that was tried.
public struct RoutePlan: Sendable {
  public var chosen: SplitTrial
  public var trials: [SplitTrial]
}

extension RoutePlanner {
  /// Numbers of clusters that are tried when the compiler chooses.
  static let automaticCounts = [2, 3, 4, 6, 8]

  /// Tries the candidates from the earliest on and takes the first at which routes can be predicted
  /// well enough. Where the compiler chooses the number of clusters, that is the largest number
  /// that reaches the wanted route accuracy there. If no split reaches it, the one is taken that
  /// promises most: route accuracy times the share of the cost behind it, a heuristic.
  func plan(
    clusters: ClusterSource, splitName: String?, routeAccuracy wanted: Double, reporter: Reporter
  ) throws -> RoutePlan {
    let places = try places(named: splitName)
    let fitFeatures = try pooledFeatures(at: places, of: fit) { reporter.advance($0 * 0.6) }
    let validationFeatures = try pooledFeatures(at: places, of: validation) {
      reporter.advance(0.6 + $0 * 0.1)
    }
    var trials: [SplitTrial] = []
    for (position, place) in places.enumerated() {
      let here = try trialMaps(
        clusters, fitFeatures[place.value]!, validationFeatures[place.value]!)
      var best: SplitTrial?
      for map in here {
        let trial = SplitTrial(
          value: place.value, name: base.graph[place.value].name, shape: place.shape,
          costShare: Double(place.multiplyAccumulatesBefore)
            / Double(base.graph.multiplyAccumulates), clusters: map,
          routeAccuracy: routeAccuracy(
            map, fitFeatures: fitFeatures[place.value]!,
            validationFeatures: validationFeatures[place.value]!))
        trials.append(trial)
        if trial.routeAccuracy >= wanted, trial.clusters.count > best?.clusters.count ?? 0 {
          best = trial
        }
      }
      reporter.advance(0.7 + 0.3 * Double(position + 1) / Double(places.count))
      if let best { return RoutePlan(chosen: best, trials: trials) }
    }
    let promising = trials.max {
      $0.routeAccuracy * (1 - $0.costShare) < $1.routeAccuracy * (1 - $1.costShare)
    }!
    return RoutePlan(chosen: promising, trials: trials)
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

  private func trialMaps(
    _ source: ClusterSource, _ fitFeatures: Tensor, _ validationFeatures: Tensor
  ) throws -> [ClusterMap] {
    switch source {
    case .given(let map): return [map]
    case .automatic(let count):
      let similarity = similarity(
        fitFeatures: fitFeatures, validationFeatures: validationFeatures)
      let counts = count.map { [$0] } ?? Self.automaticCounts
      return counts.filter { $0 <= images.classCount }.map {
        automaticClusters(similarity, count: $0)
      }
    }
  }
}
