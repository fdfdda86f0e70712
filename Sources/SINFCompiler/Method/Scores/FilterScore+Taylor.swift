import SINFGraph

extension FilterScore {
  /// First-order estimate of what the loss loses with the filter (Molchanov et al., "Importance
  /// Estimation for Neural Network Pruning", CVPR 2019). Our reading: a gate on the map that the next
  /// layer reads, the squared derivative of one image's cross entropy by it, mean over images.
  public static let taylor = FilterScore("taylor") { extractor, candidates, n in
    extractor.scoresOfInput(of: candidates, at: n, try extractor.gateDerivatives(at: n))
  }
}

extension Extractor {
  /// For each channel that node `n` reads the mean over labelled images of
  /// (sum over pixels of map * d loss / d map)^2, in the thinned network as it stands. The loss is the
  /// cross entropy among the rows of the cluster's classes.
  fileprivate func gateDerivatives(at n: Int) throws -> [Double] {
    let input = original.nodes[n].inputs[0]
    let chosen = calibrationImages(256, labelled: true)
    var squares = [Double](
      repeating: 0, count: current.graph[input].shape.channels)
    for start in stride(from: 0, to: chosen.count, by: 64) {
      let part = Array(chosen[start..<min(start + 64, chosen.count)])
      let labels = part.map { calibration.labels[$0] }
      let (maps, gradient) = try current.graph.gradient(
        at: input, given: [calibration.source: calibration.thinned.images(at: part)]
      ) { $0.crossEntropyGradient(labels: labels, rows: calibration.rows) }
      let channels = squares.count
      for image in part.indices {
        var sums = [Double](repeating: 0, count: channels)
        for i in 0..<maps.shape.count {
          let at = image * maps.shape.count + i
          sums[i % channels] += Double(maps.storage[at]) * Double(gradient.storage[at])
        }
        for c in 0..<channels { squares[c] += sums[c] * sums[c] }
      }
    }
    return squares.map { $0 / Double(max(chosen.count, 1)) }
  }
}

extension Tensor {
  /// Gradient of each image's cross entropy by its logits, which these are: softmax among `rows`
  /// less the one-hot of `rows[label]`, and 0 for the other logits.
  func crossEntropyGradient(labels: [Int], rows: [Int]) -> Tensor {
    var result = Tensor(zeros: count, shape: shape)
    for (image, label) in labels.enumerated() {
      let start = image * shape.count
      var shares = rows.map { storage[start + $0] }
      softmaxRows(&shares, columns: rows.count)
      for (position, row) in rows.enumerated() {
        result.storage[start + row] = shares[position] - (position == label ? 1 : 0)
      }
    }
    return result
  }
}
