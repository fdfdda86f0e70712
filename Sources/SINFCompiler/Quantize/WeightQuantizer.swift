import Foundation
import SINFModel

/// One output channel's weights in 8 bits: weight = scale * stored, stored in -127...127.
struct QuantizedChannel {
  var stored: [Int8]
  var scale: Float
}

/// Rounds the weights of one output channel.
struct WeightQuantizer {
  /// What one output channel reads, in the units of the stored input.
  let weights: [Float]
  /// How much the error of each weight counts: the variance of the value it meets. (Its mean doesn't
  /// matter: bias correction makes up for that.) Correlations between the values are left out.
  let importance: [Double]
  /// First taps of the pairs (tap, tap + 1) that shall fit a 16-bit sum (`Packing.pairFits`).
  let pairs: [Int]

  /// The channel with the scale that makes the least error of its outputs.
  ///
  /// With pairs to be kept, scales up to twice the one at which the largest weight is 127 are tried:
  /// at that one the pairs that don't fit are cut, at twice of it every pair fits.
  ///
  /// - Parameters:
  ///   - least: the smallest scale; weights that are small against it become zero.
  ///   - searches: also tries smaller scales, which cut the largest weights off and store the others
  ///     finer.
  func quantize(least: Float, searches: Bool) -> QuantizedChannel {
    let largest = weights.reduce(0) { max($0, abs($1)) }
    let widest = max(largest / 127, least)
    let exact = round(widest)
    let cuts = !pairs.allSatisfy { Self.fits(weights, $0, widest) }
    guard searches || cuts else { return exact }
    var best = exact
    var smallest = error(exact)
    for percent in stride(from: searches ? 50 : 102, through: cuts ? 200 : 98, by: 2) {
      let candidate = round(max(widest * Float(percent) / 100, least))
      let error = error(candidate)
      if error < smallest { (smallest, best) = (error, candidate) }
    }
    return best
  }

  /// The weights at the scale, saturated, pairs cut until they fit.
  func round(_ scale: Float) -> QuantizedChannel {
    let perStep = 1 / scale
    var stored = weights.map { weight in
      Int8(min(max((weight * perStep).rounded(.toNearestOrEven), -127), 127))
    }
    for first in pairs where !Packing.pairFits(stored[first], stored[first + 1]) {
      cut(&stored, first, perStep)
    }
    return QuantizedChannel(stored: stored, scale: scale)
  }

  /// Shares what a pair has too much between its weights, which have one sign: the more a weight's
  /// error counts, the less it gives (the least weighted square of both errors).
  private func cut(_ stored: inout [Int8], _ first: Int, _ perStep: Float) {
    let second = first + 1
    let sign: Double = stored[first] < 0 ? -1 : 1
    let a = Double(abs(weights[first] * perStep))
    let b = Double(abs(weights[second] * perStep))
    let limit = Double(Packing.pairLimit)
    let (importanceA, importanceB) = (importance[first], importance[second])
    let total = importanceA + importanceB
    let share = total > 0 ? importanceB / total : 0.5
    // Neither leaves 1...127: each is at most 127 and together they were more than 128.
    let kept = min(max((a - (a + b - limit) * share).rounded(.toNearestOrEven), 1), 127)
    stored[first] = Int8(sign * kept)
    stored[second] = Int8(sign * min(limit - kept, 127))
  }

  private static func fits(_ weights: [Float], _ first: Int, _ scale: Float) -> Bool {
    let (a, b) = (weights[first] / scale, weights[first + 1] / scale)
    return a * b <= 0 || abs(a) + abs(b) <= Float(Packing.pairLimit)
  }

  /// The weighted square of the difference from the real weights.
  private func error(_ channel: QuantizedChannel) -> Double {
    var sum = 0.0
    for index in weights.indices {
      let distance = Double(weights[index] - Float(channel.stored[index]) * channel.scale)
      sum += distance * distance * importance[index]
    }
    return sum
  }
}
