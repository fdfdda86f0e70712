import SINFRuntime

/// What routing with one threshold gives on the images of a run.
public struct RoutedSummary: Sendable, Equatable {
  public var threshold: Float
  /// An image stops at the route predictor where the probabilities of its first two classes differ by
  /// at least this; 0 for never.
  public var stopMargin: Float = 0
  public var images: Int
  /// Shares in 0 ... 1.
  public var accuracy: Double
  /// Images whose own cluster was the most probable one.
  public var routeAccuracy: Double
  public var fallbackShare: Double
  /// Images that ended at the route predictor.
  public var stopShare: Double = 0
  /// Mean over the images, predictor and fallbacks included.
  public var meanMultiplyAccumulates: Double

  public var accuracyEstimate: Estimate { Estimate(accuracy, of: images) }
  public var routeEstimate: Estimate { Estimate(routeAccuracy, of: images) }
}

extension ModelRun {
  /// Accuracy of the whole network's path, or of a plain model.
  public var wholeAccuracy: Double { share(wholeClass) }
  public var wholeEstimate: Estimate { Estimate(wholeAccuracy, of: count) }
  /// Which images the whole network, or a plain model, names right.
  public var wholeIsRight: [Bool] { zip(wholeClass, labels).map { $0 == $1 } }
  /// Accuracy when every image goes to the cluster that its label belongs to.
  public var oracleAccuracy: Double { share(oracleClass) }
  public var oracleEstimate: Estimate { Estimate(oracleAccuracy, of: count) }

  private func share(_ predictions: [Int]) -> Double {
    guard !labels.isEmpty, predictions.count == labels.count else { return 0 }
    return Double(zip(predictions, labels).filter { $0 == $1 }.count) / Double(labels.count)
  }

  /// What the runtime would do: an image ends at the predictor where its margin reaches `stopMargin`,
  /// else goes to the subgraph where the confidence reaches `threshold`, or to the whole network.
  /// `clusterOfClass` tells which route is right.
  public func routed(
    threshold: Float, stopMargin: Float = 0, clusterOfClass: [Int]
  ) -> RoutedSummary {
    var right = 0, routes = 0, fallbacks = 0, stops = 0, cost = 0
    for i in labels.indices {
      if cluster[i] == clusterOfClass[labels[i]] { routes += 1 }
      let path = path(of: i, threshold: threshold, stopMargin: stopMargin)
      right += path.answer == labels[i] ? 1 : 0
      cost += path.cost
      switch path.kind {
      case .stop: stops += 1
      case .fallback: fallbacks += 1
      default: break
      }
    }
    let n = Double(max(labels.count, 1))
    return RoutedSummary(
      threshold: threshold, stopMargin: stopMargin, images: labels.count,
      accuracy: Double(right) / n, routeAccuracy: Double(routes) / n,
      fallbackShare: Double(fallbacks) / n, stopShare: Double(stops) / n,
      meanMultiplyAccumulates: Double(cost) / n)
  }

  /// The way of image `i`, what it is named there and what that costs.
  func path(
    of i: Int, threshold: Float, stopMargin: Float
  ) -> (kind: Outcome.Path, answer: Int, cost: Int) {
    if stopMargin > 0 && margin[i] >= stopMargin { return (.stop, stopClass[i], cost.stop) }
    if confidence[i] >= threshold || wholeClass.isEmpty {
      return (.subgraph, routedClass[i], cost.subgraph[cluster[i]])
    }
    return (.fallback, wholeClass[i], cost.whole)
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
