import SINFGraph

extension FilterScore {
  /// Discriminative Capability Score: weight that a linear classifier of the cluster's own classes
  /// gives to the filter's pooled map (Sayyed, Ashdown, Restuccia, arXiv 2310.01259).
  public static let dcs = FilterScore("dcs", needsCluster: true) { extractor, candidates, node in
    extractor.discriminativeScores(of: candidates, at: node)
  }
}

extension Extractor {
  /// DCS on the maps that node `n` reads, from the calibration images of the cluster's classes.
  fileprivate mutating func discriminativeScores(of candidates: [Int], at n: Int) -> [Double] {
    let input = original.nodes[n].inputs[0]
    let chosen = calibrationImages(.max, labelled: true)
    let maps = thinnedState[input]!.images(at: chosen)
    let scores = DiscriminativeScore.scores(
      maps, labels: chosen.map { calibration.labels[$0] }, classes: calibration.classes,
      pooledTo: settings.pooledSide, epochs: settings.classifierEpochs, generator: &generator)
    return scoresOfInput(of: candidates, at: n, scores)
  }
}

enum DiscriminativeScore {
  /// DCS of every channel of a feature map for one cluster.
  ///
  /// `maps` holds the feature maps of the cluster's images, `labels` their classes renumbered to
  /// 0..<classes. Maps are adaptively average-pooled to p x p, a softmax classifier is fitted on
  /// the standardised features, its weights are normalised to unit length, and their magnitudes
  /// are summed over the classes and over the p x p entries of a channel.
  static func scores(
    _ maps: Tensor, labels: [Int], classes: Int, pooledTo p: Int, epochs: Int,
    generator: inout SeededGenerator
  ) -> [Double] {
    let channels = maps.shape.channels
    let pooled = maps.adaptivelyPooled(to: p)
    var settings = SoftmaxClassifier.Settings()
    settings.epochs = epochs
    let classifier = SoftmaxClassifier.fit(
      pooled.storage, labels: labels, classes: classes, settings: settings,
      foldsStandardisation: false, generator: &generator)
    let weights = classifier.layers[0].weights
    let features = classifier.features
    var norm = 0.0
    for w in weights { norm += Double(w) * Double(w) }
    let scale = norm > 0 ? 1 / norm.squareRoot() : 0
    var scores = [Double](repeating: 0, count: channels)
    for row in 0..<classes {
      for f in 0..<features {
        scores[f % channels] += Double(abs(weights[row * features + f])) * scale
      }
    }
    return scores
  }
}

extension Tensor {
  /// Means over p x p windows that cover each map (or over every pixel where a side is shorter
  /// than p): window i of a side of n pixels spans floor(i n / p) ..< ceil((i + 1) n / p).
  func adaptivelyPooled(to p: Int) -> Tensor {
    let rows = min(p, shape.height), columns = min(p, shape.width)
    let channels = shape.channels
    func window(_ i: Int, _ n: Int, _ parts: Int) -> Range<Int> {
      i * n / parts..<((i + 1) * n + parts - 1) / parts
    }
    let pooledShape = Shape(height: rows, width: columns, channels: channels)
    var result = [Float](repeating: 0, count: count * pooledShape.count)
    storage.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { target in
        for image in 0..<count {
          for r in 0..<rows {
            for c in 0..<columns {
              let out = ((image * rows + r) * columns + c) * channels
              let ys = window(r, shape.height, rows), xs = window(c, shape.width, columns)
              for y in ys {
                for x in xs {
                  let from = ((image * shape.height + y) * shape.width + x) * channels
                  for k in 0..<channels { target[out &+ k] += source[from &+ k] }
                }
              }
              let share = 1 / Float(ys.count * xs.count)
              for k in 0..<channels { target[out &+ k] *= share }
            }
          }
        }
      }
    }
    return Tensor(count: count, shape: pooledShape, storage: result)
  }
}
