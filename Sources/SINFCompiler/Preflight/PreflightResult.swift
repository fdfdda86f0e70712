/// What a preflight found.
public struct PreflightResult: Sendable {
  /// As the user asked for, or the best preset where the choice was left to the preflight.
  public var reference: Trial
  /// The way of showing pictures to use: `reference` unless another is clearly better.
  public var choice: Trial
  /// All that were tried on all images.
  public var tried: [Trial]
  /// The others, on some of the images.
  public var screened: [Trial]
  /// Accuracy of guessing, 0...1.
  public var chance: Double
  /// What the outputs seem to stand for, if not what they are named for.
  public var order: OutputOrder?
  var classNames: [String]

  public enum Verdict: String, Sendable {
    case fine
    /// Another way of showing pictures does clearly better.
    case better
    /// Nothing does clearly better than guessing.
    case nearChance = "near_chance"
    /// The outputs stand for other classes than they are named for.
    case otherOrder = "other_order"
    /// There are too few images to say anything.
    case unknown
  }

  /// Fewer images than this can't accuse anybody.
  private static let fewest = 30

  public var verdict: Verdict {
    if images < Self.fewest { return .unknown }
    if order != nil { return .otherOrder }
    if Preflight.isChance(choice, chance) { return .nearChance }
    return choice.presentation == reference.presentation ? .fine : .better
  }

  public var images: Int { tried[0].count }

  /// How much better the choice is than the reference, on the same images.
  public var gain: Estimate { Estimate(of: choice.isRight, over: reference.isRight) }

  /// What to add to the command line for the choice; empty for none.
  public var change: String { choice.presentation.change(from: reference.presentation) }

  /// The verdict in one line: numbers, and what to do.
  public var text: String {
    let best = "\(choice.presentation.options): \(choice.accuracy.percent)"
    switch verdict {
    case .unknown:
      return "\(best) of only \(images) images: too few to tell whether that is as in training"
    case .fine:
      return "\(best) of \(images) images; no other preset does clearly better"
    case .better:
      return "\(reference.presentation.options) gives \(reference.accuracy.percent) of \(images) "
        + "images, \(best), \(gain.points) more: use \(change)"
    case .nearChance:
      return "the network is right on \(choice.accuracy.percent) of \(images) images at best "
        + "(\(choice.presentation.options)), guessing on \(percent(chance)): its outputs stand for "
        + "other classes (give --classes with one name a line, in their order), its preprocessing is "
        + "none of the presets (give --mean and --std), or it is not trained"
    case .otherOrder:
      let order = order!
      let examples = order.examples.prefix(3).map { example in
        "output \(example.output) is named '\(classNames[example.output])', \(example.hits) of "
          + "\(example.answers) pictures with that answer show '\(classNames[example.shows])'"
      }
      return "the network is right on \(choice.accuracy.percent) of \(images) images, with its "
        + "outputs in another order on \(order.accuracy.percent) "
        + "(\(order.presentation.options)): "
        + examples.joined(separator: "; ")
        + ": give --classes with one name a line, in the order of its outputs"
    }
  }
}
