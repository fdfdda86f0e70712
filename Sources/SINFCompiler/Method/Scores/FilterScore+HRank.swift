import SINFGraph

extension FilterScore {
  /// Average rank of the filter's maps (Lin et al., "HRank: Filter Pruning using High-Rank Feature
  /// Map", CVPR 2020).
  public static let hrank = FilterScore("hrank") { extractor, candidates, n in
    try extractor.scoresOfMaps(of: candidates, before: n, images: 256) { $0.meanRanks() }
  }
}

extension Tensor {
  /// For each channel the rank of its height x width map, mean over the images. Singular values of
  /// at most the largest times the longer side times the spacing of float32 count as zero.
  func meanRanks() -> [Double] {
    let side = max(shape.height, shape.width)
    let tolerance = Double(side) * Double(Float.ulpOfOne)
    var ranks = [Int](repeating: 0, count: shape.channels)
    var map = [Double](repeating: 0, count: shape.pixels)
    for image in 0..<count {
      for channel in 0..<shape.channels {
        for pixel in 0..<shape.pixels {
          map[pixel] = Double(storage[image * shape.count + pixel * shape.channels + channel])
        }
        let values = Spectrum.singularValues(map, rows: shape.height, columns: shape.width)
        let largest = values.max() ?? 0
        ranks[channel] += values.count { $0 > largest * tolerance }
      }
    }
    return ranks.map { Double($0) / Double(max(count, 1)) }
  }
}
