/// What a model says of one image on the way that the image takes.
public struct Answer: Sendable, Equatable {
  public var label: Int
  public var predicted: Int
  /// The probability of the predicted class, as the device compares it with a minimum share.
  public var share: Float
  public var path: Path

  /// Where an image may end.
  public enum Path: String, Sendable, CaseIterable { case stop, subgraph, fallback, whole }

  public var isRight: Bool { predicted == label }
}

extension ModelRun {
  /// The answers in the order of the images. A plain model has one path, `whole`; threshold and
  /// margin then mean nothing.
  public func answers(threshold: Float = 0, stopMargin: Float = 0) -> [Answer] {
    labels.indices.map { i in
      func answer(_ path: Answer.Path, _ predicted: Int, _ shares: [Float]) -> Answer {
        Answer(
          label: labels[i], predicted: predicted, share: shares.isEmpty ? 0 : shares[i], path: path)
      }
      if cluster.isEmpty { return answer(.whole, wholeClass[i], wholeShare) }
      let path = path(of: i, threshold: threshold, stopMargin: stopMargin)
      return switch path.kind {
      case .stop: answer(.stop, path.answer, stopShare)
      case .fallback: answer(.fallback, path.answer, wholeShare)
      default: answer(.subgraph, path.answer, routedShare)
      }
    }
  }
}

/// What comes of giving only labels whose share is at least `share`.
public struct GivenLabels: Sendable, Equatable {
  public var share: Float
  /// How often the labels that are given are right.
  public var precision: Estimate
  /// How many of the images get a label.
  public var coverage: Estimate
  /// Images that get a label, and all.
  public var given: Int
  public var images: Int

  public init(share: Float, right: Int, given: Int, images: Int) {
    self.share = share
    precision = Estimate(right: right, of: given)
    coverage = Estimate(right: given, of: images)
    self.given = given
    self.images = images
  }

  /// Of `answers`, those whose share is at least `share`.
  public init(_ answers: [Answer], from share: Float) {
    let given = answers.filter { $0.share >= share }
    self.init(
      share: share, right: given.count { $0.isRight }, given: given.count, images: answers.count)
  }

  /// A precision that chance alone hardly explains: one standard error below what was counted.
  fileprivate var sure: Double { precision.value - precision.error }
}

/// Fewer images than this share say too little of a minimum share, and a camera that is silent so
/// often is of no use.
private let leastCoverage = 0.05

/// A precision that no minimum share reaches.
public struct UnreachablePrecision: Error, CustomStringConvertible {
  public var wanted: Double
  /// The share that comes nearest; nil where there is no image.
  public var best: GivenLabels?

  public var description: String {
    guard let best else { return "no image says which answers are sure" }
    let tried = "\(best.images) validation images"
    let most = max(0, (best.sure * 1000).rounded(.down) / 1000)
    return "no top share makes labels right \(percent(wanted)) of the time with one standard error "
      + "in reserve: on \(tried) \(best.precision.percent) are right at best, from a top share of "
      + "\(percent(Double(best.share))), which \(percent(best.coverage.value)) of them have; "
      + "ask for --min-precision \(most) or less, or give more images"
  }
}

extension GivenLabels {
  /// The smallest share from which labels are right with at least `precision`, one standard error in
  /// reserve, since the share is chosen on the images that it is judged by. Call it on validation
  /// images only.
  ///
  /// - Throws: `UnreachablePrecision` if no share does that for at least 5 % of the images.
  public static func choose(
    _ answers: [Answer], precision: Double
  ) throws(UnreachablePrecision) -> GivenLabels {
    let sorted = answers.sorted { $0.share > $1.share }
    let fewest = max(1, Int((leastCoverage * Double(answers.count)).rounded(.up)))
    var right = 0
    var smallest: GivenLabels?, best: GivenLabels?
    for (i, answer) in sorted.enumerated() {
      right += answer.isRight ? 1 : 0
      // Equal shares are given together.
      if i + 1 < sorted.count && sorted[i + 1].share == answer.share { continue }
      guard i + 1 >= fewest, answer.share > 0 else { continue }
      let found = GivenLabels(
        share: answer.share, right: right, given: i + 1, images: answers.count)
      if found.sure >= precision { smallest = found }
      if best.map({ found.sure > $0.sure }) ?? true { best = found }
    }
    guard let smallest else { throw UnreachablePrecision(wanted: precision, best: best) }
    return smallest
  }
}

/// The minimum share that a model file holds, and what it does.
public struct PrecisionChoice: Sendable, Equatable {
  /// What was asked for, 0...1.
  public var wanted: Double
  public var validation: GivenLabels
  public var test: GivenLabels

  public var share: Float { validation.share }
  /// Whether the labels of the test images are right as often as was asked for.
  public var holds: Bool { test.precision.value >= wanted }
}
