/// What routing with one threshold gives on the images of a run.
public struct RoutedSummary: Sendable, Equatable {
  public var threshold: Float
  public var images: Int
  /// Shares in 0 ... 1.
  public var accuracy: Double
  /// Images whose own cluster was the most probable one.
  public var routeAccuracy: Double
  public var fallbackShare: Double
  /// Mean over the images, predictor and fallbacks included.
  public var meanMultiplyAccumulates: Double
}

extension ModelRun {
  /// Accuracy of the whole network's path, or of a plain model.
  public var wholeAccuracy: Double { share(wholeClass) }
  /// Accuracy when every image goes to the cluster that its label belongs to.
  public var oracleAccuracy: Double { share(oracleClass) }

  private func share(_ predictions: [Int]) -> Double {
    guard !labels.isEmpty, predictions.count == labels.count else { return 0 }
    return Double(zip(predictions, labels).filter { $0 == $1 }.count) / Double(labels.count)
  }

  /// What the runtime would do with `threshold`: the subgraph where the confidence reaches it, the
  /// whole network otherwise. `clusterOfClass` tells which route is right.
  public func routed(threshold: Float, clusterOfClass: [Int]) -> RoutedSummary {
    var right = 0, routes = 0, fallbacks = 0, cost = 0
    for i in labels.indices {
      if cluster[i] == clusterOfClass[labels[i]] { routes += 1 }
      if confidence[i] >= threshold || wholeClass.isEmpty {
        right += routedClass[i] == labels[i] ? 1 : 0
        cost += self.cost.subgraph[cluster[i]]
      } else {
        fallbacks += 1
        right += wholeClass[i] == labels[i] ? 1 : 0
        cost += self.cost.whole
      }
    }
    let n = Double(max(labels.count, 1))
    return RoutedSummary(
      threshold: threshold, images: labels.count, accuracy: Double(right) / n,
      routeAccuracy: Double(routes) / n, fallbackShare: Double(fallbacks) / n,
      meanMultiplyAccumulates: Double(cost) / n)
  }

  /// The summary at every threshold that matters: always trust, then one at each percentile of the
  /// confidences.
  public func thresholdSweep(clusterOfClass: [Int]) -> [RoutedSummary] {
    if wholeClass.isEmpty { return [routed(threshold: 0, clusterOfClass: clusterOfClass)] }
    let sorted = confidence.sorted()
    var thresholds: [Float] = [0]
    for percent in 1...60 where !sorted.isEmpty {
      let value = sorted[min(sorted.count - 1, sorted.count * percent / 100)]
      if value > thresholds.last! { thresholds.append(value) }
    }
    return thresholds.map { routed(threshold: $0, clusterOfClass: clusterOfClass) }
  }

  /// Of the sweep, the cheapest that reaches `accuracy`; if none does, the most accurate (of
  /// equals the cheapest). Call it on validation images only.
  public func chooseThreshold(
    reaching accuracy: Double, clusterOfClass: [Int]
  ) -> (choice: RoutedSummary, reached: Bool) {
    let sweep = thresholdSweep(clusterOfClass: clusterOfClass)
    let enough = sweep.filter { $0.accuracy >= accuracy }
    if let best = enough.min(by: { $0.meanMultiplyAccumulates < $1.meanMultiplyAccumulates }) {
      return (best, true)
    }
    let best = sweep.max {
      ($0.accuracy, -$0.meanMultiplyAccumulates) < ($1.accuracy, -$1.meanMultiplyAccumulates)
    }!
    return (best, false)
  }
}
