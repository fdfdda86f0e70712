extension FilterScore {
  /// Chance: the yardstick for the others.
  public static let random = FilterScore("random") { extractor, candidates, _ in
    candidates.map { _ in Double(extractor.generator.unitFloat()) }
  }
}
