import SINFGraph

extension FilterScore {
  /// Sum of the filter's absolute weights.
  public static let l1 = FilterScore("l1") { extractor, candidates, _ in
    extractor.magnitudes(of: candidates)
  }
}

extension Extractor {
  /// L1 norm of the filters that write a class, relative to the mean filter of their layer where
  /// several layers write it.
  fileprivate func magnitudes(of candidates: [Int]) -> [Double] {
    var sums: [Int: Double] = [:]
    for node in current.graph.nodes {
      guard case .convolution(let conv) = node.operation else { continue }
      let kept = current.keptChannels[node.output.index]
      let norms = kept.indices.map { o in
        conv.weights[o * conv.taps..<(o + 1) * conv.taps].reduce(0.0) { $0 + Double(abs($1)) }
      }
      let mean = max(norms.reduce(0, +) / Double(max(norms.count, 1)), 1e-30)
      for (position, channel) in kept.enumerated() {
        sums[classes.classOf[node.output.index][channel], default: 0] += norms[position] / mean
      }
    }
    return candidates.map { sums[$0] ?? 0 }
  }
}
