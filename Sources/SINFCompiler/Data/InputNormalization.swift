import Foundation

/// What the network was trained to expect: `real = (byte * scale - mean) / std`, one mean and one
/// deviation a channel, in the order of the network's input channels.
public struct InputNormalization: Sendable, Equatable {
  public var mean: [Float]
  public var std: [Float]
  /// 1/255 where the network takes values in 0 ... 1, 1 where it takes bytes.
  public var scale: Float

  /// - Throws: `DatasetError` if the counts differ, or a value isn't finite, or a deviation or
  ///   the scale isn't positive.
  public init(mean: [Float], std: [Float], scale: Float = 1 / 255) throws {
    guard mean.count == std.count, mean.count == 1 || mean.count == 3 else {
      throw DatasetError(
        "normalisation", "needs 1 or 3 means and as many deviations, got \(mean) and \(std)")
    }
    guard (mean + std).allSatisfy(\.isFinite), std.allSatisfy({ $0 > 0 }), scale > 0,
      scale.isFinite
    else {
      throw DatasetError(
        "normalisation",
        "means must be finite, deviations and scale positive: \(mean), \(std), \(scale)")
    }
    self.mean = mean
    self.std = std
    self.scale = scale
  }

  public var channels: Int { mean.count }

  /// The slope of channel `c`: real = gain * (byte - center).
  public func gain(_ c: Int) -> Float { scale / std[c] }
  /// The byte, usually between two whole ones, that stands for zero in channel `c`.
  public func center(_ c: Int) -> Float { mean[c] / scale }

  /// `bytes` (HWC images one after the other) as the network's input.
  public func apply(_ bytes: [UInt8]) -> [Float] {
    precondition(bytes.count % channels == 0)
    // 256 values a channel: a table gives the same floats as the formula, much sooner.
    let table = (0..<channels).map { c in
      (0..<256).map { (Float($0) * scale - mean[c]) / std[c] }
    }.flatMap { $0 }
    let channels = channels
    return [Float](unsafeUninitializedCapacity: bytes.count) { out, count in
      bytes.withUnsafeBufferPointer { bytes in
        table.withUnsafeBufferPointer { table in
          var i = 0
          while i < bytes.count {
            for c in 0..<channels {
              out[i &+ c] = table[c &* 256 &+ Int(bytes[i &+ c])]
            }
            i &+= channels
          }
        }
      }
      count = bytes.count
    }
  }
}
