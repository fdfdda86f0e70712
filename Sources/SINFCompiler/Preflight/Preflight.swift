import SINFGraph
import SINFModel

/// A look at a few hundred images before a long compilation: whether pictures reach the network as
/// they did in training, and whether its outputs stand for the classes that they are named for.
///
/// Every preset of normalisation in both orders of colours is tried on some images, the best of
/// them and the given one on all; pictures that are files are then cropped and fitted in other ways
/// too. Comparisons are paired: the same images each time.
public struct Preflight {
  /// The network, its input described as the user did.
  let base: BaseNetwork
  let images: LabelledImages
  /// The folder that the images came from.
  let path: String
  /// What the user asked for; nil to let this choose.
  let given: Presentation?
  let seed: UInt64
  let reporter: Reporter

  /// Images that are looked at, and the multiply-accumulates that bound them: some seconds.
  private static let mostImages = 400, fewestImages = 100
  private static let mostScreened = 150, fewestScreened = 40
  private static let budget = 300_000_000_000

  /// - Parameter option: The options that ask for `base.normalization`, as the user gave them; nil
  ///   to choose without regard to it.
  /// - Throws: `LoweringError` if `images` don't fit the network.
  public init(
    base: BaseNetwork, images: LabelledImages, path: String, option: String?, seed: UInt64,
    reporter: Reporter = SilentReporter()
  ) throws {
    try base.checkTakes(images)
    self.base = base
    self.images = images
    self.path = path
    given = option.map {
      Presentation(
        normalization: base.normalization, option: $0, preprocessing: base.preprocessing)
    }
    self.seed = seed
    self.reporter = reporter
  }

  /// Looks at images of `split`, preferably those that choose; never at those that report.
  public func run(_ split: DataSplit) throws -> PreflightResult {
    reporter.begin("looking at what the network sees")
    let sample = sample(of: split)
    var candidates = Presentation.candidates(for: base.preprocessing)
    if let given {
      candidates.removeAll {
        $0.normalization == given.normalization && $0.preprocessing == given.preprocessing
      }
      candidates.insert(given, at: 0)
    }
    let screen = screen(sample.count, candidates: candidates.count)
    let some = sample.only(
      DataSplit.sample(screen, of: Array(sample.labels.indices), in: sample, seed: seed))
    var screened: [Trial] = []
    for (done, candidate) in candidates.enumerated() {
      screened.append(try trial(candidate, on: some))
      reporter.advance(0.6 * Double(done + 1) / Double(candidates.count))
    }
    let chance = Self.chance(sample)
    let finalists = Self.best(screened, except: given).prefix(given == nil ? 3 : 2)
    var trials: [Trial] = []
    for presentation in (given.map { [$0] } ?? []) + finalists.map(\.presentation) {
      trials.append(try trial(presentation, on: sample))
      reporter.advance(0.6 + 0.1 * Double(trials.count))
    }
    let reference = given == nil ? Self.best(trials, except: nil)[0] : trials[0]
    var choice = Self.better(trials, than: reference)
    var named = trials
    if Self.isChance(choice, chance) {
      // No way of showing pictures is the right one; perhaps the names are wrong.
      let known = trials.map(\.presentation)
      for candidate in candidates where !known.contains(candidate) {
        if candidate.preprocessing.colorOrder == base.preprocessing.colorOrder {
          named.append(try trial(candidate, on: sample))
        }
      }
    } else {
      let others = try refitted(choice, sample)
      choice = Self.better(others, than: choice)
      trials += others
    }
    let order = Self.order(named, sample, than: choice)
    let shown = trials.map(\.presentation)
    return PreflightResult(
      reference: reference, choice: choice, tried: trials,
      screened: screened.filter { !shown.contains($0.presentation) }, chance: chance,
      order: order, classNames: images.classNames)
  }

  /// The images to look at, in memory of their own.
  private func sample(of split: DataSplit) -> LabelledImages {
    let cost = max(base.graph.multiplyAccumulates, 1)
    let count = min(max(Self.budget / (4 * cost), Self.fewestImages), Self.mostImages)
    // Images that fit are perhaps those that the network was trained on: they flatter.
    let pool = split.validation.count >= count ? split.validation : split.validation + split.fit
    return images.only(
      DataSplit.sample(min(count, pool.count), of: pool, in: images, seed: seed))
  }

  private func screen(_ count: Int, candidates: Int) -> Int {
    let cost = max(base.graph.multiplyAccumulates, 1)
    return min(
      min(max(Self.budget / (candidates * cost), Self.fewestScreened), Self.mostScreened), count)
  }

  /// Accuracy of always naming the most frequent class, or of guessing, whichever is better. Where
  /// images show some classes only, the network doesn't know which: it guesses among all.
  static func chance(_ images: LabelledImages) -> Double {
    if images.presentClasses.count < images.classCount { return 1 / Double(images.classCount) }
    var counts = [Int](repeating: 0, count: images.classCount)
    for label in images.labels { counts[label] += 1 }
    return max(
      Double(counts.max() ?? 0) / Double(max(images.count, 1)), 1 / Double(images.classCount))
  }

  static func isChance(_ trial: Trial, _ chance: Double) -> Bool {
    let accuracy = trial.accuracy
    return accuracy.value < chance + max(0.05 * (1 - chance), 2 * accuracy.error)
  }

  /// The best first; of equals the earlier.
  private static func best(_ trials: [Trial], except given: Presentation?) -> [Trial] {
    trials.enumerated().filter { $1.presentation != given }.sorted {
      (-$0.element.accuracy.value, $0.offset) < (-$1.element.accuracy.value, $1.offset)
    }.map(\.element)
  }

  /// The best of `trials` if it is clearly better than `reference`: by two points and three
  /// standard errors.
  private static func better(_ trials: [Trial], than reference: Trial) -> Trial {
    guard let best = best(trials, except: nil).first else { return reference }
    let gain = Estimate(of: best.isRight, over: reference.isRight)
    return gain.isClear(above: 0.02) ? best : reference
  }

  /// What the network says of `sample`, whose bytes have the colour order of the base network.
  private func trial(_ presentation: Presentation, on sample: LabelledImages) throws -> Trial {
    var shown = base
    shown.normalization = presentation.normalization
    var images = sample
    if presentation.preprocessing.colorOrder != base.preprocessing.colorOrder {
      images.swapColors()
    }
    let predictions = try shown.predictions(of: images)
    return Trial(
      presentation: presentation, predictions: predictions,
      isRight: zip(predictions, images.labels).map { $0 == $1 })
  }

  /// Trials with the same pictures cropped and fitted otherwise.
  private func refitted(_ trial: Trial, _ sample: LabelledImages) throws -> [Trial] {
    let own = trial.presentation.preprocessing
    var result: [Trial] = []
    var seen = [sample.pixels]
    for (fit, crop): (Preprocessing.Fit, UInt16) in [
      (.cover, 1000), (.cover, 875), (.stretch, 1000),
    ] where fit != own.fit || crop != own.cropPermille {
      var preprocessing = base.preprocessing
      preprocessing.fit = fit
      preprocessing.cropPermille = crop
      guard let images = try sample.again(path, preprocessing: preprocessing) else { return [] }
      // A square picture is stretched to nothing new.
      if seen.contains(images.pixels) { continue }
      seen.append(images.pixels)
      var presentation = trial.presentation
      presentation.preprocessing.fit = fit
      presentation.preprocessing.cropPermille = crop
      result.append(try self.trial(presentation, on: images))
      reporter.advance(0.9 + 0.1 * Double(result.count) / 3)
    }
    return result
  }

  /// The best other meaning of the outputs, if it is clearly better than the names with `choice`.
  private static func order(
    _ trials: [Trial], _ sample: LabelledImages, than choice: Trial
  ) -> OutputOrder? {
    let orders = trials.compactMap {
      OutputOrder(of: $0, labels: sample.labels, classes: sample.classCount)
    }
    guard let best = orders.max(by: { $0.accuracy.value < $1.accuracy.value }) else { return nil }
    let (a, b) = (best.accuracy, choice.accuracy)
    let error = (a.error * a.error + b.error * b.error).squareRoot()
    return a.value - b.value >= max(0.1, 3 * error) ? best : nil
  }
}

extension BaseNetwork {
  /// The class that the network puts first, for every image.
  func predictions(of images: LabelledImages) throws -> [Int] {
    let logits = try values(
      graph.output, by: graph, of: Array(images.labels.indices), in: images, portion: 64)
    return argmaxRows(logits.storage, columns: logits.shape.count)
  }
}
