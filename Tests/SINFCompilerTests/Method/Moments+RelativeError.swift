@testable import SINFCompiler

extension Moments {
  /// Mean squared error of a fit, as a share of the wanted outputs' variance:
  /// Var(y) - 2 w.c + w C w, summed over the outputs.
  func relativeError(of weights: [Float]) -> Double {
    var error = outputVariance
    for o in 0..<outputs {
      for i in 0..<inputs {
        let w = Double(weights[o * inputs + i])
        error -= 2 * w * crossCovariance[i * outputs + o]
        for j in 0..<inputs {
          error += w * covariance[i * inputs + j] * Double(weights[o * inputs + j])
        }
      }
    }
    return max(error, 0) / max(outputVariance, 1e-30)
  }
}
