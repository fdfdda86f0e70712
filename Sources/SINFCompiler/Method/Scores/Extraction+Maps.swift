import SINFGraph

extension Extractor {
  /// Up to `limit` calibration images, evenly from all; with `labelled`, of those alone that have
  /// a class.
  func calibrationImages(_ limit: Int, labelled: Bool = false) -> [Int] {
    let all = calibration.labels.indices.filter { !labelled || calibration.labels[$0] >= 0 }
    if all.count <= limit { return Array(all) }
    return (0..<limit).map { all[$0 * all.count / limit] }
  }

  /// A score of each candidate from a score of each map that a convolution before node `n` writes,
  /// in the thinned network as it stands. `score` gets the maps of one layer for up to `images`
  /// images, and returns one number a channel.
  func scoresOfMaps(
    of candidates: [Int], before n: Int, images: Int, _ score: (Tensor) -> [Double]
  ) throws -> [Double] {
    let wanted = Set(candidates)
    let written = original.convolutions(after: calibration.source).filter { $0 < n }
      .map { original.nodes[$0].output }
      .filter { value in classes.classOf[value.index].contains(where: wanted.contains) }
    let shown = calibration.thinned.images(at: calibrationImages(images))
    let maps = try FloatExecutor(current.graph)
      .run(from: [calibration.source: shown], to: Set(written))
    return summed(written.map { ($0, score(maps[$0]!)) }, over: candidates)
  }

  /// A score of each candidate from a score of each filter that writes it.
  func scoresOfFilters(
    of candidates: [Int], _ score: (Convolution) -> [Double]
  ) -> [Double] {
    let wanted = Set(candidates)
    var layers: [(ValueID, [Double])] = []
    for node in current.graph.nodes {
      guard case .convolution(let conv) = node.operation,
        classes.classOf[node.output.index].contains(where: wanted.contains)
      else { continue }
      layers.append((node.output, score(conv)))
    }
    return summed(layers, over: candidates)
  }

  /// Scores of the channels that several layers write, added up by class. Each is taken relative to
  /// the mean of its layer, so that layers of different scale weigh alike.
  private func summed(
    _ layers: [(value: ValueID, scores: [Double])], over candidates: [Int]
  ) -> [Double] {
    var sums: [Int: Double] = [:]
    for (value, scores) in layers {
      let mean = max(scores.reduce(0, +) / Double(max(scores.count, 1)), 1e-30)
      for (position, channel) in current.keptChannels[value.index].enumerated() {
        sums[classes.classOf[value.index][channel], default: 0] += scores[position] / mean
      }
    }
    return candidates.map { sums[$0] ?? 0 }
  }

  /// A score of each candidate from a score of each channel that node `n` reads.
  func scoresOfInput(of candidates: [Int], at n: Int, _ scores: [Double]) -> [Double] {
    let input = original.nodes[n].inputs[0].index
    var sums: [Int: Double] = [:]
    for (position, channel) in current.keptChannels[input].enumerated() {
      sums[classes.classOf[input][channel], default: 0] += scores[position]
    }
    return candidates.map { sums[$0] ?? 0 }
  }
}
