extension FilterScore {
  /// Rise of the next layers' squared error when the filter goes and the rest is re-fitted.
  public static let reconstruction = FilterScore(
    "reconstruction",
    choosing: { extractor, count, candidates, node in
      try extractor.cheapest(count, of: candidates, at: node)
    })
}
