import CSystem
import SINFSystem
import SINFWatch

/// Tells a service manager (sd_notify) and a heartbeat file that the program lives and what it does.
struct WatchService: ~Copyable {
  private let socket: Int32
  let heartbeat: UnsafePointer<CChar>?
  private var temporary: Path
  /// The last word about the heartbeat file; said once.
  private var heartbeatError: Errno?
  private var nextStatus: UInt64 = 0
  private var nextWatchdog: UInt64 = 0
  private var nextBeat: UInt64 = 0
  /// Nanoseconds between signs of life; 0 for none.
  private var watchdogPause: UInt64 = 0

  private static let statusPause: UInt64 = 5_000_000_000
  private static let beatPause: UInt64 = 5_000_000_000
  /// Microseconds; a number of them fits machines of 32 bits as an Int64 only.
  private static let year: Int64 = 31_536_000_000_000

  init(heartbeat: UnsafePointer<CChar>?, temporary: consuming Path) {
    socket = csys_notify_open()
    self.heartbeat = heartbeat
    self.temporary = temporary
    // Half of what the manager waits, as sd_watchdog_enabled(3) advises.
    if socket >= 0, let text = environment("WATCHDOG_USEC"),
      let microseconds = parseInteger(bytes(of: text)), microseconds > 0,
      WatchService.isMeant
    {
      // What is longer than a year is as good as a year.
      watchdogPause = UInt64(min(Int64(microseconds), WatchService.year)) * 500
    }
  }

  /// Whether the watchdog waits for this process, or for the parent that supervises it.
  private static var isMeant: Bool {
    guard let text = environment("WATCHDOG_PID"), let number = parseInteger(bytes(of: text)) else {
      return true
    }
    return csys_is_this_process(Int64(number))
  }

  /// Sends one message of the protocol.
  func send(_ message: StaticString) {
    if socket >= 0 { csys_notify_send(socket, message.utf8Start, message.utf8CodeUnitCount) }
  }

  /// Sends and writes what is due. Returns what is new about a heartbeat file that cannot be written.
  mutating func tick(_ counts: WatchCounts, _ now: UInt64) -> Errno? {
    if watchdogPause > 0, now >= nextWatchdog {
      nextWatchdog = now &+ watchdogPause
      send("WATCHDOG=1")
    }
    if socket >= 0, now >= nextStatus {
      nextStatus = now &+ WatchService.statusPause
      var message = Output(descriptor: -1)
      message.put("STATUS=")
      message.put(counts)
      message.withBytes { csys_notify_send(socket, $0.baseAddress!, $0.count) }
    }
    guard let heartbeat, now >= nextBeat else { return nil }
    nextBeat = now &+ WatchService.beatPause
    do throws(Errno) {
      try beat(heartbeat, counts)
      heartbeatError = nil
      return nil
    } catch {
      defer { heartbeatError = error }
      return error == heartbeatError ? nil : error
    }
  }

  /// When the next sign of life is due.
  func due(_ now: UInt64) -> UInt64 {
    var due = now &+ 60_000_000_000
    if watchdogPause > 0 { due = min(due, nextWatchdog) }
    if heartbeat != nil { due = min(due, nextBeat) }
    return due
  }

  /// Replaces the file as a whole.
  private mutating func beat(
    _ path: UnsafePointer<CChar>, _ counts: WatchCounts
  ) throws(Errno) {
    guard temporary.set(path), temporary.append(PathText.new) else { throw .pathTooLong }
    let descriptor = try Errno.value(csys_open_fresh(temporary.text, 0))
    var line = Output(descriptor: descriptor)
    line.beginObject()
    line.key("time")
    line.beginText()
    line.put(time: Clock.wallNanoseconds)
    line.endText()
    line.putMembers(counts)
    line.endObject()
    line.endDocument()
    line.flush()
    csys_close(descriptor)
    try Errno.check(line.error)
    try Errno.check(csys_rename(temporary.text, path))
  }
}
