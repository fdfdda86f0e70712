extension FilterScore {
  /// Sum of the filter's absolute weights (Li et al., "Pruning Filters for Efficient ConvNets",
  /// ICLR 2017).
  public static let l1 = FilterScore("l1") { extractor, candidates, _ in
    extractor.scoresOfFilters(of: candidates) { conv in
      (0..<conv.outputChannels).map { o in
        conv.weights[o * conv.taps..<(o + 1) * conv.taps].reduce(0.0) { $0 + Double(abs($1)) }
      }
    }
  }
}
