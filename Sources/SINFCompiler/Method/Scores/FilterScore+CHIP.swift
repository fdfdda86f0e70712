import SINFGraph

extension FilterScore {
  /// Independence of the filter's maps: how far the nuclear norm of the layer's maps falls without
  /// them (Sui et al., "CHIP: CHannel Independence-based Pruning", NeurIPS 2021).
  public static let chip = FilterScore("chip") { extractor, candidates, n in
    try extractor.scoresOfMaps(of: candidates, before: n, images: 64) { $0.independence() }
  }
}

extension Tensor {
  /// For each channel the fall of the nuclear norm of the channels x pixels matrix when its row
  /// becomes zero, mean over the images.
  func independence() -> [Double] {
    let channels = shape.channels, pixels = shape.pixels
    var falls = [Double](repeating: 0, count: channels)
    for image in 0..<count {
      // [pixel][channel], the transpose: the norm is the same.
      let maps = self[image: image].map(Double.init)
      let gram = Spectrum.smallerGram(maps, rows: pixels, columns: channels)
      let whole = Spectrum.nuclearNorm(ofGram: gram, order: min(pixels, channels))
      for channel in 0..<channels {
        var without = gram
        if pixels < channels {
          for a in 0..<pixels {
            for b in 0..<pixels {
              without[a * pixels + b] -= maps[a * channels + channel] * maps[b * channels + channel]
            }
          }
        } else {
          for other in 0..<channels {
            without[channel * channels + other] = 0
            without[other * channels + channel] = 0
          }
        }
        falls[channel] +=
          whole - Spectrum.nuclearNorm(ofGram: without, order: min(pixels, channels))
      }
    }
    return falls.map { $0 / Double(max(count, 1)) }
  }
}
