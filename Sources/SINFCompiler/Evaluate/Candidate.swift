/// One way of running a network: a point of accuracy against cost.
public struct OperatingCandidate: Sendable, Equatable {
  public enum Kind: String, Sendable {
    /// The network without clusters: as it is, or thinned.
    case whole
    /// What was chosen for one set of parts.
    case best
    /// Another threshold for the same parts.
    case threshold
  }

  public var kind: Kind
  public var name: String
  public var accuracy: Estimate
  /// Mean over the images.
  public var multiplyAccumulates: Double
  public var milliseconds: Double
  /// Whether the model file is this one.
  public var isChosen = false
}

extension ModelRun {
  /// A plain model as a candidate.
  public func candidate(named name: String, _ times: PathTimes) -> OperatingCandidate {
    OperatingCandidate(
      kind: .whole, name: name, accuracy: wholeEstimate,
      multiplyAccumulates: Double(cost.whole), milliseconds: times.whole)
  }

  /// A routed model as candidates: the chosen threshold and stop, other thresholds without a stop,
  /// and the whole network without clusters where the model has it.
  ///
  /// - Parameter share: What the layers were thinned to, in words.
  public func candidates(
    of chosen: RoutedSummary, clusterOfClass: [Int], share: String, _ times: PathTimes
  ) -> [OperatingCandidate] {
    func candidate(
      _ summary: RoutedSummary, _ kind: OperatingCandidate.Kind, _ name: String
    ) -> OperatingCandidate {
      OperatingCandidate(
        kind: kind, name: name, accuracy: summary.accuracyEstimate,
        multiplyAccumulates: summary.meanMultiplyAccumulates,
        milliseconds: meanMilliseconds(
          times, threshold: summary.threshold, stopMargin: summary.stopMargin))
    }
    let sweep = thresholdSweep(clusterOfClass: clusterOfClass)
    let step = max(1, (sweep.count + Self.mostThresholds - 1) / Self.mostThresholds)
    var result = stride(from: 0, to: sweep.count, by: step).map {
      candidate(
        sweep[$0], .threshold,
        "\(share), threshold \(percent(Double(sweep[$0].threshold))), no stop")
    }
    if !wholeClass.isEmpty {
      var whole = self.candidate(named: "\(share), no clusters", times)
      whole.accuracy = wholeEstimate
      result.append(whole)
    }
    let stops = chosen.stopShare > 0 ? ", \(percent(chosen.stopShare)) stop early" : ""
    result.append(candidate(chosen, .best, share + stops))
    return result
  }

  /// Thresholds shown of one set of parts.
  private static let mostThresholds = 15
}
