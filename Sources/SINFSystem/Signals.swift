import CSystem

/// What somebody asks of a running program.
public enum Signal: Sendable {
  /// SIGTERM, SIGINT.
  case stop
  /// SIGHUP.
  case reload
  /// SIGUSR1.
  case status
}

/// Signals that wait until they are asked for.
public struct Signals {
  /// To wait for.
  public let descriptor: Int32
  /// Has something to read while a stop was asked for and not taken from here.
  public let stopDescriptor: Int32

  /// From now on these signals no longer interrupt.
  public init() throws(Errno) {
    descriptor = try Errno.value(csys_signals_open())
    stopDescriptor = try Errno.value(csys_stop_open())
  }

  /// The next one, without waiting.
  public func next() -> Signal? {
    switch UInt32(bitPattern: csys_signals_next(descriptor)) {
    case CSYS_SIGNAL_STOP.rawValue: .stop
    case CSYS_SIGNAL_RELOAD.rawValue: .reload
    case CSYS_SIGNAL_STATUS.rawValue: .status
    default: nil
    }
  }
}
