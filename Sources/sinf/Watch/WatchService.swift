import CSystem
import SINFSystem

/// Tells a service manager (sd_notify) and a heartbeat file that the program lives and what it does.
struct WatchService {
  private let socket: Int32
  private let heartbeat: UnsafePointer<CChar>?
  private let temporary: PathBuffer
  private var nextStatus: UInt64 = 0
  private var nextWatchdog: UInt64 = 0
  private var nextBeat: UInt64 = 0
  /// Nanoseconds between signs of life; 0 for none.
  private var watchdogPause: UInt64 = 0

  private static let statusPause: UInt64 = 5_000_000_000
  private static let beatPause: UInt64 = 5_000_000_000

  init(heartbeat: UnsafePointer<CChar>?, temporary: PathBuffer) {
    socket = csys_notify_open()
    self.heartbeat = heartbeat
    self.temporary = temporary
    // Half of what the manager waits, as sd_watchdog_enabled(3) advises.
    if socket >= 0, let text = environment("WATCHDOG_USEC"),
      let microseconds = parseInteger(bytes(of: text)), microseconds > 0,
      WatchService.isMeant
    {
      watchdogPause = UInt64(microseconds) * 500
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

  /// Sends and writes what is due. An errno when the heartbeat file cannot be written, else 0.
  mutating func tick(_ counts: WatchCounts, _ now: UInt64) -> Int32 {
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
    guard let heartbeat, now >= nextBeat else { return 0 }
    nextBeat = now &+ WatchService.beatPause
    return beat(heartbeat, counts)
  }

  /// When the next sign of life is due.
  func due(_ now: UInt64) -> UInt64 {
    var due = now &+ 60_000_000_000
    if watchdogPause > 0 { due = min(due, nextWatchdog) }
    if heartbeat != nil { due = min(due, nextBeat) }
    return due
  }

  /// Replaces the file as a whole.
  private func beat(_ path: UnsafePointer<CChar>, _ counts: WatchCounts) -> Int32 {
    guard temporary.set(path, PathText.none), temporary.append(number: 0) else {
      return csys_path_too_long()
    }
    let descriptor = csys_open_empty(temporary.path)
    guard descriptor >= 0 else { return -descriptor }
    var line = Output(descriptor: descriptor)
    line.put("{\"time\":\"")
    line.put(time: csys_wall_nanoseconds())
    line.put("\"")
    line.put(jsonMembers: counts)
    line.put("}\n")
    line.flush()
    csys_close(descriptor)
    return line.error != 0 ? line.error : csys_rename(temporary.path, path)
  }
}
