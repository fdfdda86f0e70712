import SINFCompiler

/// What is printed of a model's minimum share.
enum PrecisionText {
  static func lines(_ choice: PrecisionChoice) -> String {
    """
    a label is given from a top share of \(share(choice.share)):
      \(figures(choice.validation, "validation images"))
      \(figures(choice.test, "test images"))
    """
  }

  /// "80.2 ± 0.5 % of 5000 test images get a label, of these 91.3 ± 0.8 % the right one".
  static func figures(_ given: GivenLabels, _ images: String) -> String {
    "\(given.coverage.percent) of \(given.images) \(images) get a label, of these "
      + "\(given.precision.percent) the right one"
  }

  static func object(_ choice: PrecisionChoice) -> [String: Any] {
    [
      "wanted": choice.wanted, "minimum_share": Double(choice.share), "holds": choice.holds,
      "validation": object(choice.validation), "test": object(choice.test),
    ]
  }

  static func object(_ given: GivenLabels) -> [String: Any] {
    [
      "images": given.images, "given": given.given,
      "precision": given.precision.value, "precision_standard_error": given.precision.error,
      "coverage": given.coverage.value, "coverage_standard_error": given.coverage.error,
    ]
  }

  static func share(_ share: Float) -> String { ResultText.percent(Double(share)) }
}
