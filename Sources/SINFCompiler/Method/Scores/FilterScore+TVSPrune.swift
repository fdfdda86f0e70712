import Foundation
import SINFGraph

extension FilterScore {
  /// Separation of the least separated pair of classes by the filter's maps, in total variation
  /// (Murti, Narshana, Bhattacharyya, "TVSPrune", ICLR 2023). Our reading: Gaussians of independent
  /// components on the pooled maps, and the Hellinger lower bound of the distance.
  public static let tvsprune = FilterScore("tvsprune") { extractor, candidates, n in
    let chosen = extractor.calibrationImages(.max, labelled: true)
    let maps = extractor.thinnedState[extractor.original.nodes[n].inputs[0]]!.images(at: chosen)
    let scores = maps.adaptivelyPooled(to: extractor.settings.pooledSide).leastSeparations(
      labels: chosen.map { extractor.calibration.labels[$0] },
      classes: extractor.calibration.classes)
    return extractor.scoresOfInput(of: candidates, at: n, scores)
  }
}

extension Tensor {
  /// For each channel the squared Hellinger distance, 0...1, of the two classes whose Gaussians of
  /// its pixels lie nearest; 0 where there are fewer than two classes. Variances have a floor of a
  /// millionth of the channels' mean variance, so that a dead channel separates nothing.
  func leastSeparations(labels: [Int], classes: Int) -> [Double] {
    let size = shape.count, channels = shape.channels
    var counts = [Int](repeating: 0, count: classes)
    var means = [Double](repeating: 0, count: classes * size)
    var variances = means
    for (image, label) in labels.enumerated() {
      counts[label] += 1
      for f in 0..<size { means[label * size + f] += Double(storage[image * size + f]) }
    }
    for c in 0..<classes where counts[c] > 0 {
      for f in 0..<size { means[c * size + f] /= Double(counts[c]) }
    }
    for (image, label) in labels.enumerated() {
      for f in 0..<size {
        let difference = Double(storage[image * size + f]) - means[label * size + f]
        variances[label * size + f] += difference * difference / Double(counts[label])
      }
    }
    let seen = (0..<classes).filter { counts[$0] > 0 }
    let mean = variances.reduce(0, +) / Double(max(seen.count * size, 1))
    let floor = max(mean * 1e-6, 1e-30)
    for i in variances.indices { variances[i] = max(variances[i], floor) }

    var least = [Double](repeating: seen.count < 2 ? 0 : 1, count: channels)
    for (position, a) in seen.enumerated() {
      for b in seen.dropFirst(position + 1) {
        // Logarithm of the Bhattacharyya coefficient, summed over a channel's pixels.
        var overlap = [Double](repeating: 0, count: channels)
        for f in 0..<size {
          let va = variances[a * size + f], vb = variances[b * size + f]
          let difference = means[a * size + f] - means[b * size + f]
          overlap[f % channels] +=
            log(2 * (va * vb).squareRoot() / (va + vb)) / 2
            - difference * difference / (va + vb) / 4
        }
        for c in 0..<channels { least[c] = min(least[c], 1 - exp(overlap[c])) }
      }
    }
    return least
  }
}
