import Foundation

/// One output channel's weights in 8 bits: weight = scale * stored, stored in -127...127.
struct QuantizedChannel {
  var stored: [Int8]
  var scale: Float
}

/// Rounds the weights of one output channel.
enum WeightQuantizer {
  /// The channel with the scale that makes the least error of its outputs. A smaller scale cuts
  /// the largest weights off and stores the others finer.
  ///
  /// - Parameters:
  ///   - weights: what one output channel reads, in the units of the stored input.
  ///   - importance: how much the error of each weight counts: the variance of the value it meets.
  ///     (Its mean doesn't matter: bias correction makes up for that.) Correlations between the
  ///     values are left out.
  ///   - least: the smallest scale; weights that are small against it become zero.
  ///   - searches: false for the scale at which the largest weight is 127.
  static func quantize(
    _ weights: ArraySlice<Float>, importance: [Double], least: Float, searches: Bool
  ) -> QuantizedChannel {
    let largest = weights.reduce(0) { max($0, abs($1)) }
    let widest = max(largest / 127, least)
    var best = widest
    if searches {
      var smallest = Double.infinity
      for percent in stride(from: 100, through: 50, by: -2) {
        let scale = max(widest * Float(percent) / 100, least)
        let error = error(weights, importance, scale)
        if error < smallest { (smallest, best) = (error, scale) }
      }
    }
    return QuantizedChannel(stored: round(weights, best), scale: best)
  }

  static func round(_ weights: ArraySlice<Float>, _ scale: Float) -> [Int8] {
    let perStep = 1 / scale
    return weights.map { weight in
      Int8(min(max((weight * perStep).rounded(.toNearestOrEven), -127), 127))
    }
  }

  private static func error(
    _ weights: ArraySlice<Float>, _ importance: [Double], _ scale: Float
  ) -> Double {
    let perStep = 1 / scale
    var sum = 0.0
    weights.withUnsafeBufferPointer { weights in
      importance.withUnsafeBufferPointer { importance in
        for i in 0..<weights.count {
          let steps = weights[i] * perStep
          let stored = min(max(steps.rounded(.toNearestOrEven), -127), 127)
          let distance = Double((steps - stored) * scale)
          sum += distance * distance * importance[i]
        }
      }
    }
    return sum
  }
}
