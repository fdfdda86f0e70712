/// What is chosen among operating points: how much less often than the base network a routed model
/// may be right.
public struct LossBound: Sendable {
  /// Which of the same images the base network names right, in their order.
  public var baseIsRight: [Bool]
  /// The share of images that may be lost.
  public var allowed: Double
  /// Paired standard errors that are kept in reserve, since the points are chosen on the images that
  /// they are judged by.
  public var reserve: Double

  public init(baseIsRight: [Bool], allowed: Double, reserve: Double = 1) {
    self.baseIsRight = baseIsRight
    self.allowed = allowed
    self.reserve = reserve
  }
}

/// By how much accuracy falls from one model to another on the same images.
public struct PairedLoss: Sendable, Equatable {
  /// Share of images; negative where accuracy rises.
  public var mean: Double
  /// Of the mean: the images' differences are -1, 0 or 1.
  public var standardError: Double

  /// - Precondition: as many of both.
  public init(from base: [Bool], to other: [Bool]) {
    precondition(base.count == other.count)
    let n = Double(max(base.count, 1))
    let differences = zip(base, other).map { ($0 ? 1.0 : 0) - ($1 ? 1.0 : 0) }
    let mean = differences.reduce(0, +) / n
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(n - 1, 1)
    self.mean = mean
    standardError = (variance / n).squareRoot()
  }
}

extension ModelRun {
  /// Which images are named right with these settings.
  public func isRight(threshold: Float, stopMargin: Float) -> [Bool] {
    labels.indices.map {
      path(of: $0, threshold: threshold, stopMargin: stopMargin).answer == labels[$0]
    }
  }

  /// Of stops and thresholds the cheapest whose loss, with the reserve, stays within the bound; if
  /// none does, the most accurate (of equals the cheapest). Call it on validation images only.
  ///
  /// - Parameter stops: Whether images may end at the route predictor.
  public func chooseOperatingPoint(
    within bound: LossBound, clusterOfClass: [Int], stops: Bool = true, threshold: Float? = nil
  ) -> (choice: RoutedSummary, reached: Bool) {
    var thresholds = thresholdSweep(clusterOfClass: clusterOfClass).map(\.threshold)
    if let threshold { thresholds = [threshold] }
    var best: (summary: RoutedSummary, reached: Bool)?
    for margin in stops ? stopMargins : [0] {
      for threshold in thresholds {
        let summary = routed(
          threshold: threshold, stopMargin: margin, clusterOfClass: clusterOfClass)
        let loss = PairedLoss(
          from: bound.baseIsRight, to: isRight(threshold: threshold, stopMargin: margin))
        let reached = loss.mean + bound.reserve * loss.standardError <= bound.allowed
        if let known = best {
          guard reached || !known.reached else { continue }
          let isBetter =
            reached == known.reached
            ? reached
              ? summary.meanMultiplyAccumulates < known.summary.meanMultiplyAccumulates
              : (summary.accuracy, -summary.meanMultiplyAccumulates)
                > (known.summary.accuracy, -known.summary.meanMultiplyAccumulates)
            : reached
          guard isBetter else { continue }
        }
        best = (summary, reached)
      }
    }
    return (best!.summary, best!.reached)
  }

  /// No stop, then margins that let the surest 5, 10, ... 95 % of the images stop.
  private var stopMargins: [Float] {
    let sorted = margin.sorted(by: >)
    guard !sorted.isEmpty else { return [0] }
    let quantiles = stride(from: 5, through: 95, by: 5).map {
      sorted[min(sorted.count - 1, sorted.count * $0 / 100)]
    }
    return [0] + quantiles.filter { $0 > 0 }
  }
}
