import Foundation

/// How the range of an activation tensor is chosen. Whatever lies outside saturates; what lies
/// inside is rounded to one of 256 steps: a narrower range trades the first error for the second.
public enum RangeMethod: Sendable, Hashable {
  /// All calibration values fit.
  case minMax
  /// All but this share of the values fit, half of it on either side (one side for values that
  /// are never negative).
  case percentile(Double)
  /// The least mean of |error| to this power over the calibration values. 2 is the mean squared
  /// error; higher powers are kinder to rare large values.
  case leastError(power: Double)
}

extension Histogram {
  /// The parameters that `method` finds best for values of this distribution. Tensors that are
  /// never negative get the zero point 0; zero is always stored exactly.
  func parameters(_ method: RangeMethod) -> QuantizationParameters {
    guard width > 0 else { return QuantizationParameters(scale: 1 / 255, zeroPoint: 0) }
    switch method {
    case .minMax:
      return Self.parameters(low: minimum, high: maximum)
    case .percentile(let share):
      let (low, high) = percentile(share)
      return Self.parameters(low: low, high: high)
    case .leastError(let power):
      return leastError(power)
    }
  }

  static func parameters(low: Float, high: Float) -> QuantizationParameters {
    let (low, high) = (min(low, 0), max(high, 0))
    // Below this a scale's products could become subnormal numbers.
    let scale = max((high - low) / 255, 0x1p-60)
    let zeroPoint = (-low / scale).rounded(.toNearestOrEven)
    return QuantizationParameters(scale: scale, zeroPoint: UInt8(max(0, min(255, zeroPoint))))
  }

  private func percentile(_ share: Double) -> (Float, Float) {
    let isSigned = minimum < 0
    let outside = Double(count) * (isSigned ? share / 2 : share)
    let filled = filled
    func bound(_ bins: some Sequence<(middle: Float, count: Int)>, _ limit: Float) -> Float {
      var left = outside
      for bin in bins {
        left -= Double(bin.count)
        if left < 0 { return bin.middle }
      }
      return limit
    }
    let high = min(max(bound(filled.reversed(), maximum), 0), maximum)
    let low = isSigned ? max(min(bound(filled, minimum), 0), minimum) : 0
    return (low, high)
  }

  /// Searches the upper and the lower bound in turn on a grid of shares of the largest values. The
  /// error has one valley in each, by experience, but a grid doesn't rely on it.
  private func leastError(_ power: Double) -> QuantizationParameters {
    let filled = filled
    let shares = stride(from: 1.0, through: 0.1, by: -0.01).map(Float.init)
    func best(_ candidates: [(Float, Float)]) -> (Float, Float) {
      var result = candidates[0]
      var least = Double.infinity
      for (low, high) in candidates {
        let error = Self.error(filled, Self.parameters(low: low, high: high), power)
        if error < least { (least, result) = (error, (low, high)) }
      }
      return result
    }
    var bounds = (minimum, maximum)
    if minimum < 0 && maximum > 0 {
      // Both bounds together first: they are tied by the number of steps.
      bounds = best(shares.map { (minimum * $0, maximum * $0) })
      for _ in 0..<2 {
        bounds = best([bounds] + shares.map { (bounds.0, maximum * $0) })
        bounds = best([bounds] + shares.map { (minimum * $0, bounds.1) })
      }
    } else {
      bounds = best(shares.map { (minimum * $0, maximum * $0) })
    }
    return Self.parameters(low: bounds.0, high: bounds.1)
  }

  private static func error(
    _ bins: [(middle: Float, count: Int)], _ parameters: QuantizationParameters, _ power: Double
  ) -> Double {
    let perStep = 1 / parameters.scale
    let zero = Float(parameters.zeroPoint)
    var sum = 0.0
    for bin in bins {
      let steps = bin.middle * perStep + zero
      let stored = min(max(steps.rounded(.toNearestOrEven), 0), 255)
      let distance = Double(abs(steps - stored))
      sum += Double(bin.count) * (power == 2 ? distance * distance : pow(distance, power))
    }
    // In real units: candidates have different steps.
    return sum * pow(Double(parameters.scale), power)
  }
}
