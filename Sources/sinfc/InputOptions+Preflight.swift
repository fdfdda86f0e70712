import ArgumentParser
import SINFCompiler
import SINFModel

struct PreflightOptions: ParsableArguments {
  @Flag(
    help: "Go on where pictures seem to reach the network otherwise than in training.")
  var force = false
}

/// Pictures reach the network otherwise than in training, or its classes are others: exit status 4.
struct UnlikelyInput: Error, CustomStringConvertible {
  var path: String
  var result: PreflightResult
  var advice = ""

  /// Nil where there is nothing to object to.
  init?(_ path: String, _ result: PreflightResult, advice: String = "") {
    switch result.verdict {
    case .fine, .unknown: return nil
    case .better, .nearChance, .otherOrder: break
    }
    self.path = path
    self.result = result
    self.advice = advice
  }

  var description: String { "\(path): \(result.text)\(advice)" }
}

extension InputOptions {
  /// The options that ask for the normalisation; nil where it is to be chosen.
  private var normalizationOption: String? {
    if let mean, let std { return "--mean \(mean) --std \(std)" }
    return normalization == .auto ? nil : "--normalization \(normalization.rawValue)"
  }

  /// Looks at what the network makes of some images.
  func preflight(
    _ base: BaseNetwork, _ images: LabelledImages, data: String, split: DataSplit, seed: UInt64,
    reporter: TerminalReporter
  ) throws -> PreflightResult {
    try Preflight(
      base: base, images: images, path: data, option: normalizationOption, seed: seed,
      reporter: reporter
    ).run(split)
  }

  /// Makes of `auto` what a preflight chose: normalisation, and the order of the colours.
  func adopt(
    _ result: PreflightResult, base: inout BaseNetwork, images: inout LabelledImages
  ) {
    guard normalizationOption == nil else { return }
    let chosen = result.reference.presentation
    base.normalization = chosen.normalization
    if base.preprocessing.colorOrder != chosen.preprocessing.colorOrder {
      base.preprocessing.colorOrder = chosen.preprocessing.colorOrder
      images.swapColors()
    }
  }
}
