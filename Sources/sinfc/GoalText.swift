import Foundation
import SINFCompiler

/// Whether what was aimed at on validation images held on the test images, which chose nothing.
enum GoalText {
  /// The accuracy that a routed model may lose against the base network.
  struct Loss {
    var loss: PairedLoss
    /// A share.
    var allowed: Double
    /// On validation images, one standard error in reserve.
    var wasReached: Bool

    /// - Precondition: `model` has been measured on test images.
    init(model: CompiledModel, base: CompiledBase, allowed: Double) {
      let chosen = model.chosen!
      loss = PairedLoss(
        from: base.test.wholeIsRight,
        to: model.test!.isRight(threshold: chosen.threshold, stopMargin: chosen.stopMargin))
      self.allowed = allowed
      wasReached = model.reachesGoal
    }

    var holds: Bool { loss.mean <= allowed }

    /// "-2.81 ± 0.66".
    var change: String {
      ResultText.signed(0 - 100 * loss.mean, 100 * loss.standardError)
    }

    var text: String {
      let wanted = String(format: "at most %g points below base int8", allowed * 100)
      let verdict = GoalText.verdict(
        missedBy: loss.mean - allowed, error: loss.standardError, found: "\(change) points")
      return "\(wanted): \(verdict)"
        + (wasReached
          ? "" : ", not reached on validation images: the best that was found")
    }
  }

  private static func text(_ choice: PrecisionChoice) -> String {
    let found = choice.test.precision
    let verdict = verdict(
      missedBy: choice.wanted - found.value, error: found.error, found: found.percent)
    return String(format: "labels right at least %g %% of the time: ", choice.wanted * 100)
      + verdict
  }

  private static func verdict(missedBy gap: Double, error: Double, found: String) -> String {
    if gap <= 0 { return "held (\(found))" }
    return "missed (\(found)\(gap <= error ? ", within one standard error" : ""))"
  }

  /// The last line of a result, with a line feed before it; empty where nothing was aimed at.
  static func line(loss: Loss? = nil, precision: PrecisionChoice?) -> String {
    let goals = [loss.map(\.text), precision.map(text)].compactMap { $0 }
    return goals.isEmpty ? "" : "\ngoal on test images: " + goals.joined(separator: "; ")
  }
}
