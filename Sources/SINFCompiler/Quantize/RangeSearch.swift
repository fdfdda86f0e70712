import Foundation
import SINFGraph

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
  ///
  /// - Parameter functions: What alone reads the values, if anything does: the least error is then
  ///   looked for in what those make of them, so that no step is spent where a function is flat.
  func parameters(
    _ method: RangeMethod, through functions: [ScalarFunction] = []
  ) -> QuantizationParameters {
    guard width > 0 else { return QuantizationParameters(scale: 1 / 255, zeroPoint: 0) }
    switch method {
    case .minMax:
      return Self.parameters(low: minimum, high: maximum)
    case .percentile(let share):
      let (low, high) = percentile(share)
      return Self.parameters(low: low, high: high)
    case .leastError(let power):
      return leastError(ErrorMeasure(power, functions, filled))
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
  private func leastError(_ measure: ErrorMeasure) -> QuantizationParameters {
    let shares = stride(from: 1.0, through: 0.1, by: -0.01).map(Float.init)
    func best(_ candidates: [(Float, Float)]) -> (Float, Float) {
      var result = candidates[0]
      var least = Double.infinity
      for (low, high) in candidates {
        let error = measure.error(Self.parameters(low: low, high: high))
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
}

/// What a choice of parameters costs, summed over the bins of a histogram.
private struct ErrorMeasure {
  private typealias Bin = (middle: Float, count: Int)
  private let power: Double
  private let bins: [Bin]
  /// What alone reads the values, and what each makes of each bin.
  private let functions: [(function: ScalarFunction, wanted: [Float])]

  /// Of the values themselves, or of what `functions` make of them.
  init(_ power: Double, _ functions: [ScalarFunction], _ filled: [(middle: Float, count: Int)]) {
    self.power = power
    let bins = functions.isEmpty ? filled : Self.joined(filled, to: 2048)
    self.bins = bins
    self.functions = functions.map { ($0, $0.values(bins.map(\.middle))) }
  }

  /// At most `limit` bins: neighbours together, at their mean. Functions are smooth, and each of
  /// them costs time for every bin.
  private static func joined(_ bins: [Bin], to limit: Int) -> [Bin] {
    let width = (bins.count + limit - 1) / limit
    guard width > 1 else { return bins }
    return stride(from: 0, to: bins.count, by: width).map { start in
      let group = bins[start..<min(start + width, bins.count)]
      let count = group.reduce(0) { $0 + $1.count }
      let sum = group.reduce(0.0) { $0 + Double($1.middle) * Double($1.count) }
      return (Float(sum / Double(count)), count)
    }
  }

  func error(_ parameters: QuantizationParameters) -> Double {
    let perStep = 1 / parameters.scale
    let zero = Float(parameters.zeroPoint)
    func stored(_ steps: Float) -> Float { min(max(steps.rounded(.toNearestOrEven), 0), 255) }
    var sum = 0.0
    guard functions.isEmpty else {
      let reals = (0..<256).map { parameters.dequantize(UInt8($0)) }
      for (function, wanted) in functions {
        let table = function.values(reals)
        for index in bins.indices {
          let found = table[Int(stored(bins[index].middle * perStep + zero))]
          let distance = Double(abs(found - wanted[index]))
          // A pole inside a bin says nothing about the others.
          if distance.isFinite { sum += Double(bins[index].count) * raised(distance) }
        }
      }
      return sum
    }
    for bin in bins {
      let steps = bin.middle * perStep + zero
      sum += Double(bin.count) * raised(Double(abs(steps - stored(steps))))
    }
    // In real units: candidates have different steps.
    return sum * pow(Double(parameters.scale), power)
  }

  private func raised(_ distance: Double) -> Double {
    power == 2 ? distance * distance : pow(distance, power)
  }
}
