import CSystem

/// Something that keeps `sinf watch` from working and may pass.
enum WatchTrouble: Int {
  case folder, output, ledger, remembered, leaving, reading

  static let count = 6
}

/// Which troubles there are: each is said when it begins and when it ends, and tried again at growing
/// intervals.
struct Troubles {
  private var errors = InlineArray<6, Int32>(repeating: 0)
  private var pauses = InlineArray<6, UInt64>(repeating: 0)
  private var until = InlineArray<6, UInt64>(repeating: 0)

  private static let firstPause: UInt64 = 100_000_000
  private static let longestPause: UInt64 = 5_000_000_000

  func isOn(_ trouble: WatchTrouble) -> Bool { errors[trouble.rawValue] != 0 }

  /// Whether it is time to try again, or nothing is wrong.
  func mayTry(_ trouble: WatchTrouble, _ now: UInt64) -> Bool {
    !isOn(trouble) || now >= until[trouble.rawValue]
  }

  /// When the next try is due; nil where nothing is wrong.
  func due(_ trouble: WatchTrouble) -> UInt64? {
    isOn(trouble) ? until[trouble.rawValue] : nil
  }

  /// Notes a failed try; true when it is the first, or another error than before.
  mutating func begin(_ trouble: WatchTrouble, _ error: Int32, _ now: UInt64) -> Bool {
    let index = trouble.rawValue
    let isNew = errors[index] != error
    pauses[index] =
      errors[index] == 0
      ? Troubles.firstPause : min(pauses[index] * 2, Troubles.longestPause)
    errors[index] = error
    until[index] = now &+ pauses[index]
    return isNew
  }

  /// Notes that it works; true when it did not before.
  mutating func end(_ trouble: WatchTrouble) -> Bool {
    let was = isOn(trouble)
    errors[trouble.rawValue] = 0
    return was
  }
}

extension Watch {
  /// Says what does not work, once.
  mutating func begin(
    _ trouble: WatchTrouble, _ path: UnsafePointer<CChar>?, _ what: StaticString, _ error: Int32
  ) {
    guard troubles.begin(trouble, error, csys_monotonic_nanoseconds()) else { return }
    say(path, what, error)
  }

  /// Says that it works again.
  mutating func end(
    _ trouble: WatchTrouble, _ path: UnsafePointer<CChar>?, _ what: StaticString
  ) {
    if troubles.end(trouble) { say(path, what, 0) }
  }

  /// One line on standard error: `sinf: PATH: what: why`.
  mutating func say(_ path: UnsafePointer<CChar>?, _ what: StaticString, _ error: Int32 = 0) {
    report.errors.put("sinf: ")
    if let path {
      report.errors.put(path: bytes(of: path))
      report.errors.put(": ")
    }
    report.errors.put(what)
    if error != 0 {
      report.errors.put(": ")
      report.errors.put(system: error)
    }
    report.errors.put("\n")
    report.errors.flush()
  }
}
