/// How often which latency came up, in fixed memory: a histogram whose steps grow with the value
/// (log-linear, as in HdrHistogram). Values below 256 ns are kept exactly, others with an error of
/// less than 0.4 %: 128 equal steps for every doubling, of which a percentile is the middle.
/// Smallest, largest and mean are exact.
struct Latencies {
  private static let stepBits = 7
  private static let steps = 1 << stepBits
  /// Values of 2^41 ns (36 minutes) and more count as the largest step.
  private static let valueBits = 41
  /// Counters of a histogram.
  static let counterCount = (valueBits - stepBits + 1) * steps

  private let counters: UnsafeMutableBufferPointer<UInt32>
  private(set) var count: UInt64 = 0
  private(set) var total: UInt64 = 0
  private(set) var least = UInt64.max
  private(set) var most: UInt64 = 0

  /// - Parameter counters: `counterCount` zeros, which the histogram is made of.
  init(counters: UnsafeMutableBufferPointer<UInt32>) {
    self.counters = counters
  }

  mutating func add(_ nanoseconds: UInt64) {
    count += 1
    total &+= nanoseconds
    least = min(least, nanoseconds)
    most = max(most, nanoseconds)
    counters[Latencies.index(of: nanoseconds)] &+= 1
  }

  /// What was measured, nil if nothing was.
  var summary: Summary? {
    guard count > 0 else { return nil }
    return Summary(
      count: count, minimum: least, mean: (total &+ count / 2) / count, p50: percentile(50),
      p90: percentile(90), p99: percentile(99), maximum: most)
  }

  /// The least value that at least `percent` % of the values don't exceed (nearest rank).
  private func percentile(_ percent: UInt64) -> UInt64 {
    let rank = max((count * percent + 99) / 100, 1)
    var seen: UInt64 = 0
    for index in 0..<counters.count {
      seen += UInt64(counters[index])
      if seen >= rank { return min(max(Latencies.middle(of: index), least), most) }
    }
    return most
  }

  /// The counter of a value: the value itself below 2 * steps, then `steps` for each doubling.
  private static func index(of value: UInt64) -> Int {
    guard value >= UInt64(2 * steps) else { return Int(value) }
    let bits = UInt64.bitWidth - value.leadingZeroBitCount
    guard bits <= valueBits else { return counterCount - 1 }
    let shift = bits - stepBits - 1
    return shift * steps + Int(value >> UInt64(shift))
  }

  private static func middle(of index: Int) -> UInt64 {
    guard index >= 2 * steps else { return UInt64(index) }
    let shift = index / steps - 1
    let low = UInt64(index - shift * steps) << UInt64(shift)
    return low + (UInt64(1) << UInt64(shift)) / 2
  }

  /// Nanoseconds.
  struct Summary {
    var count: UInt64 = 0
    var minimum: UInt64 = 0
    var mean: UInt64 = 0
    var p50: UInt64 = 0
    var p90: UInt64 = 0
    var p99: UInt64 = 0
    var maximum: UInt64 = 0
  }
}
