import CKernels
import CSystem

extension Engine {
  /// Multiply-accumulates that one core does in a second at most, as measured just now: the
  /// kernels' multiplying instructions on registers alone, the best of `rounds` rounds of some
  /// milliseconds. nil where the compiler chose the instructions, so that nobody knows which they
  /// are. What convolutions reach is a share of it.
  public func measurePeak(rounds: Int = 10) -> UInt64? {
    guard let peak = executor.kernels.peak else { return nil }
    var iterations: UInt64 = 1000
    var best: UInt64 = 0
    var round = 0
    while round < rounds {
      let start = csys_monotonic_nanoseconds()
      let done = peak(iterations)
      let nanoseconds = csys_monotonic_nanoseconds() &- start
      guard nanoseconds >= 2_000_000 else {
        // Too short for the clock: not counted.
        iterations *= 2
        continue
      }
      best = max(best, UInt64(Double(done) * 1e9 / Double(nanoseconds)))
      round += 1
    }
    return best
  }
}
