import CSystem

/// The system's clocks.
public enum Clock {
  /// Of a clock that never goes back; its zero means nothing.
  public static var monotonicNanoseconds: UInt64 { csys_monotonic_nanoseconds() }

  /// Since 1970, by a clock that may jump.
  public static var wallNanoseconds: Int64 { csys_wall_nanoseconds() }

  /// Since 1970, by the clock that stamps files: it stands still for a few milliseconds at a time.
  public static var fileNanoseconds: Int64 { csys_file_clock_nanoseconds() }

  public static func pause(nanoseconds: UInt64) { csys_pause(nanoseconds) }
}
