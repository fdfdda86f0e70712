import COpenBLAS
import Foundation

/// A linear softmax classifier, or one with a single hidden layer of rectified units.
public struct SoftmaxClassifier: Sendable {
  public let features: Int
  public let classes: Int
  /// One or two layers; weights are outputs x inputs, row-major.
  public var layers: [Layer]

  public struct Layer: Sendable {
    public var inputs: Int
    public var outputs: Int
    public var weights: [Float]
    public var bias: [Float]
  }

  /// How a classifier is fitted.
  public struct Settings: Sendable {
    /// Rectified units between features and classes; 0 for a linear classifier.
    public var hiddenUnits = 0
    /// Weight decay (decoupled), per step, relative to the learning rate.
    public var weightDecay: Float = 1e-2
    public var learningRate: Float = 2e-3
    public var epochs = 20
    public var batch = 256
    public var labelSmoothing: Float = 0.05

    public init() {}
  }

  /// Logits (rows x classes) of `rows` feature vectors, row-major.
  public func logits(_ x: [Float], rows: Int) -> [Float] {
    precondition(x.count == rows * features)
    return layers.enumerated().reduce(x) { input, step in
      let (index, layer) = step
      return layer.apply(input, rows: rows, rectify: index + 1 < layers.count)
    }
  }

  /// Best class of each row.
  public func predictions(_ x: [Float], rows: Int) -> [Int] {
    argmaxRows(logits(x, rows: rows), columns: classes)
  }
}

extension SoftmaxClassifier.Layer {
  func apply(_ x: [Float], rows: Int, rectify: Bool) -> [Float] {
    var y = [Float](repeating: 0, count: rows * outputs)
    for r in 0..<rows { for o in 0..<outputs { y[r &* outputs &+ o] = bias[o] } }
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(outputs), Int32(inputs), 1, x,
      Int32(inputs), weights, Int32(inputs), 1, &y, Int32(outputs))
    if rectify { for i in y.indices where y[i] < 0 { y[i] = 0 } }
    return y
  }
}

/// Index of the largest entry of each row; the first of equals.
func argmaxRows(_ m: [Float], columns: Int) -> [Int] {
  (0..<(m.count / max(columns, 1))).map { r in
    var best = 0
    for c in 1..<max(columns, 1) where m[r * columns + c] > m[r * columns + best] { best = c }
    return best
  }
}

/// Replaces each row of logits by its softmax.
func softmaxRows(_ m: inout [Float], columns: Int) {
  m.withUnsafeMutableBufferPointer { m in
    for r in 0..<(m.count / max(columns, 1)) {
      let row = UnsafeMutableBufferPointer(rebasing: m[r * columns..<(r + 1) * columns])
      let top = row.max() ?? 0
      var sum: Float = 0
      for c in row.indices {
        row[c] = exp(row[c] - top)
        sum += row[c]
      }
      for c in row.indices { row[c] /= sum }
    }
  }
}
