import CSystem
import SINFRuntime

/// What `sinf bench` has measured, without the words for it.
struct BenchResult {
  /// By `Stage`; nil for what did not run.
  var times = InlineArray<12, Latencies.Summary?>(repeating: nil)
  /// Nanoseconds, by `Stage`: sums over all runs.
  var totals = InlineArray<12, UInt64>(repeating: 0)
  var iterations: UInt64 = 0
  /// Of the measured part, everything around the stages included.
  var elapsedNanoseconds: UInt64 = 0
  /// How often each path was taken.
  var stops: UInt64 = 0
  var subgraphs: UInt64 = 0
  var fallbacks: UInt64 = 0
  var wholes: UInt64 = 0
  /// Multiply-accumulates of all runs of `.network`, and of all runs of `.base`.
  var macs: UInt64 = 0
  var baseMacs: UInt64 = 0
  /// Of one core; nil for unknown.
  var peak: UInt64?

  /// Inputs of a pass, and the digest of the logits that they give: CRC-32 over their bytes (float32,
  /// the lowest byte first), of every input in order; where routed and whole network run in turn,
  /// those of both.
  var inputCount: UInt64 = 0
  /// What of a pass could not be run.
  var failedCount: UInt64 = 0
  var digest: UInt32 = 0

  /// The most that a picture took of the decoder's memory.
  var decoderBytes = 0
  /// With --cold: the most of the model that the page cache still held after dropping it; -1 for
  /// unknown. An errno if it could not be asked to drop it.
  var cachedBytes: Int64 = 0
  var dropError: Int32 = 0

  var before = Machine()
  var after = Machine()
  var usageBefore = csys_usage()
  var usageAfter = csys_usage()
  /// By csys_counter; -1 for what could not be counted.
  var counters = InlineArray<3, Int64>(repeating: -1)
  var counterError: Int32 = 0

  /// How the machine felt at one moment.
  struct Machine {
    /// -1 for unknown.
    var kilohertz: Int64 = -1
    /// Int64.min for unknown.
    var millidegrees = Int64.min
    var throttling = csys_throttling(events: -1, firmware_flags: -1, cooling_state: -1)

    static var now: Machine {
      Machine(
        kilohertz: csys_clock_kilohertz(), millidegrees: csys_temperature_millidegrees(),
        throttling: csys_read_throttling())
    }
  }

  /// Multiply-accumulates a second in the network: the mean number of a run by the median time,
  /// which interruptions disturb less than the mean; 0 before anything ran.
  var macsPerSecond: UInt64 {
    guard let network = summary(.network), network.p50 > 0, iterations > 0 else { return 0 }
    return UInt64(Double(macs) / Double(iterations) * 1e9 / Double(network.p50))
  }

  func summary(_ stage: Stage) -> Latencies.Summary? { times[stage.rawValue] }

  /// How many times faster than the whole network the network ran, in thousandths: the ratio of the
  /// medians. nil where they did not run in turn.
  var speedup: UInt64? {
    guard let base = summary(.base), let network = summary(.network), network.p50 > 0 else {
      return nil
    }
    return UInt64(Double(base.p50) / Double(network.p50) * 1000 + 0.5)
  }

  /// Whether the machine was slowed down by heat or current while it measured; nil where it does not
  /// say.
  var wasThrottled: Bool? {
    let first = before.throttling
    let last = after.throttling
    guard last.events >= 0 || last.firmware_flags >= 0 || last.cooling_state >= 0 else {
      return nil
    }
    return last.events > first.events || last.cooling_state > 0
      || last.firmware_flags > 0 && last.firmware_flags & 15 != 0
      || last.firmware_flags > 0 && last.firmware_flags != first.firmware_flags
  }

  /// Whether neither the program break nor the mappings moved while it measured: a heap that grows
  /// moves one of them. nil where the system does not say.
  var memoryStoodStill: Bool? {
    guard usageBefore.mappings >= 0, usageAfter.mappings >= 0 else { return nil }
    return usageBefore.program_break == usageAfter.program_break
      && usageBefore.mappings == usageAfter.mappings
      && usageBefore.mapped_bytes == usageAfter.mapped_bytes
  }
}
