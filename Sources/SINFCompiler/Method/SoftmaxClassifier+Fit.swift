import COpenBLAS
import Foundation

extension SoftmaxClassifier {
  /// Fits a classifier on standardised features by AdamW with a cosine schedule (Loshchilov and
  /// Hutter 2019) and folds the standardisation into its first layer, unless the weights of the
  /// standardised features themselves are wanted.
  ///
  /// `x` is rows x features, row-major; `labels` are in 0..<classes. The same generator state
  /// gives the same classifier. `progress` is told the share of the work done.
  public static func fit(
    _ x: [Float], labels: [Int], classes: Int, settings: Settings,
    foldsStandardisation: Bool = true, generator: inout SeededGenerator,
    progress: (Double) -> Void = { _ in }
  ) -> SoftmaxClassifier {
    let rows = labels.count
    precondition(rows > 0 && classes > 0 && x.count % rows == 0)
    let features = x.count / rows
    let scaling = Standardisation(x, rows: rows)
    let standard = scaling.apply(x, rows: rows)
    var trainer = Trainer(
      features: features, classes: classes, settings: settings, generator: &generator)
    var order = Array(0..<rows)
    let perEpoch = (rows + settings.batch - 1) / settings.batch
    let steps = perEpoch * settings.epochs
    var step = 0
    for _ in 0..<settings.epochs {
      order = generator.shuffled(order)
      for start in stride(from: 0, to: rows, by: settings.batch) {
        let picked = order[start..<min(start + settings.batch, rows)]
        let share = Float(step) / Float(max(steps, 1))
        let warm = min(1, Float(step + 1) / Float(max(perEpoch, 1)))
        let rate = settings.learningRate * warm * 0.5 * (1 + cos(share * .pi))
        trainer.step(standard, features: features, labels: labels, rows: picked, rate: rate)
        step += 1
      }
      progress(Double(step) / Double(max(steps, 1)))
    }
    var layers = trainer.layers
    if foldsStandardisation { scaling.fold(into: &layers[0]) }
    return SoftmaxClassifier(features: features, classes: classes, layers: layers)
  }
}

/// Per-feature mean and inverse standard deviation.
struct Standardisation {
  private var means: [Float]
  private var scales: [Float]

  init(_ x: [Float], rows: Int) {
    let features = x.count / rows
    var sums = [Double](repeating: 0, count: features)
    var squares = sums
    x.withUnsafeBufferPointer { x in
      for r in 0..<rows {
        for f in 0..<features {
          let v = Double(x[r &* features &+ f])
          sums[f] += v
          squares[f] += v * v
        }
      }
    }
    let n = Double(rows)
    means = sums.map { Float($0 / n) }
    // A feature that never varies is left out (scale zero), not blown up.
    scales = zip(sums, squares).map { sum, square in
      let variance = square / n - (sum / n) * (sum / n)
      return variance > 1e-10 ? Float(1 / variance.squareRoot()) : 0
    }
  }

  func apply(_ x: [Float], rows: Int) -> [Float] {
    var result = x
    let features = means.count
    result.withUnsafeMutableBufferPointer { x in
      for r in 0..<rows {
        for f in 0..<features {
          let i = r &* features &+ f
          x[i] = (x[i] - means[f]) * scales[f]
        }
      }
    }
    return result
  }

  func fold(into layer: inout SoftmaxClassifier.Layer) {
    for o in 0..<layer.outputs {
      var shift: Float = 0
      for f in 0..<layer.inputs {
        let i = o * layer.inputs + f
        layer.weights[i] *= scales[f]
        shift += layer.weights[i] * means[f]
      }
      layer.bias[o] -= shift
    }
  }
}

/// The state of one fit: parameters and their moments.
private struct Trainer {
  var layers: [SoftmaxClassifier.Layer]
  private let settings: SoftmaxClassifier.Settings
  private var optimizers: [(weights: Adam, bias: Adam)]

  init(
    features: Int, classes: Int, settings: SoftmaxClassifier.Settings,
    generator: inout SeededGenerator
  ) {
    let sizes =
      settings.hiddenUnits > 0 ? [features, settings.hiddenUnits, classes] : [features, classes]
    layers = zip(sizes, sizes.dropFirst()).map { inputs, outputs in
      // A linear classifier may start from zero; hidden units must differ (He et al. 2015).
      let spread = sizes.count > 2 ? (6 / Float(inputs)).squareRoot() : 0
      return SoftmaxClassifier.Layer(
        inputs: inputs, outputs: outputs,
        weights: (0..<inputs * outputs).map { _ in
          spread * (2 * generator.unitFloat() - 1)
        },
        bias: [Float](repeating: 0, count: outputs))
    }
    optimizers = layers.map { (Adam(count: $0.weights.count), Adam(count: $0.bias.count)) }
    self.settings = settings
  }

  /// One gradient step on some rows of `x`.
  mutating func step(
    _ x: [Float], features: Int, labels: [Int], rows: ArraySlice<Int>, rate: Float
  ) {
    let count = rows.count
    var inputs = [
      [Float](unsafeUninitializedCapacity: count * features) { buffer, written in
        x.withUnsafeBufferPointer { x in
          for (position, row) in rows.enumerated() {
            (buffer.baseAddress! + position * features).initialize(
              from: x.baseAddress! + row * features, count: features)
          }
        }
        written = count * features
      }
    ]
    for (index, layer) in layers.enumerated() {
      inputs.append(layer.apply(inputs[index], rows: count, rectify: index + 1 < layers.count))
    }
    var gradient = inputs.removeLast()
    lossGradient(&gradient, labels: rows.map { labels[$0] })
    for index in layers.indices.reversed() {
      let layer = layers[index]
      var weightGradient = [Float](repeating: 0, count: layer.weights.count)
      cblas_sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, Int32(layer.outputs), Int32(layer.inputs),
        Int32(count), 1, gradient, Int32(layer.outputs), inputs[index], Int32(layer.inputs), 0,
        &weightGradient, Int32(layer.inputs))
      var biasGradient = [Float](repeating: 0, count: layer.outputs)
      for r in 0..<count {
        for o in 0..<layer.outputs { biasGradient[o] += gradient[r &* layer.outputs &+ o] }
      }
      if index > 0 {
        var below = [Float](repeating: 0, count: count * layer.inputs)
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(count), Int32(layer.inputs),
          Int32(layer.outputs), 1, gradient, Int32(layer.outputs), layer.weights,
          Int32(layer.inputs), 0, &below, Int32(layer.inputs))
        for i in below.indices where inputs[index][i] <= 0 { below[i] = 0 }
        gradient = below
      }
      optimizers[index].weights.update(
        &layers[index].weights, gradient: weightGradient, rate: rate, decay: settings.weightDecay)
      optimizers[index].bias.update(
        &layers[index].bias, gradient: biasGradient, rate: rate, decay: 0)
    }
  }

  /// Logits become the gradient of the mean cross-entropy with smoothed labels.
  private func lossGradient(_ logits: inout [Float], labels: [Int]) {
    let classes = logits.count / labels.count
    softmaxRows(&logits, columns: classes)
    let smooth = settings.labelSmoothing
    let share = 1 / Float(labels.count)
    for (r, label) in labels.enumerated() {
      for c in 0..<classes {
        let wanted = smooth / Float(classes) + (c == label ? 1 - smooth : 0)
        logits[r * classes + c] = (logits[r * classes + c] - wanted) * share
      }
    }
  }
}

/// Adam with decoupled weight decay for one array of parameters.
private struct Adam {
  private var mean: [Float]
  private var square: [Float]
  private var steps = 0

  init(count: Int) {
    mean = [Float](repeating: 0, count: count)
    square = mean
  }

  mutating func update(_ p: inout [Float], gradient: [Float], rate: Float, decay: Float) {
    steps += 1
    let correctMean = 1 / (1 - pow(0.9, Float(steps)))
    let correctSquare = 1 / (1 - pow(0.999, Float(steps)))
    let count = p.count
    p.withUnsafeMutableBufferPointer { p in
      gradient.withUnsafeBufferPointer { g in
        mean.withUnsafeMutableBufferPointer { m in
          square.withUnsafeMutableBufferPointer { s in
            for i in 0..<count {
              m[i] = 0.9 * m[i] + 0.1 * g[i]
              s[i] = 0.999 * s[i] + 0.001 * g[i] * g[i]
              let step = m[i] * correctMean / ((s[i] * correctSquare).squareRoot() + 1e-8)
              p[i] -= rate * (step + decay * p[i])
            }
          }
        }
      }
    }
  }
}
