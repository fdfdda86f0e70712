import SINFSystem

/// Something that keeps the loop from working and may pass.
enum Trouble: Int {
  case folder, output, ledger, remembered, leaving, reading, events

  static let count = 7
}

/// Which troubles there are: each is said when it begins and when it ends, and tried again at growing
/// intervals.
struct Troubles {
  private var errors = InlineArray<7, Int32>(repeating: 0)
  private var pauses = InlineArray<7, UInt64>(repeating: 0)
  private var until = InlineArray<7, UInt64>(repeating: 0)

  private static let firstPause: UInt64 = 100_000_000
  private static let longestPause: UInt64 = 5_000_000_000

  func isOn(_ trouble: Trouble) -> Bool { errors[trouble.rawValue] != 0 }

  /// Whether it is time to try again, or nothing is wrong.
  func mayTry(_ trouble: Trouble, _ now: UInt64) -> Bool {
    !isOn(trouble) || now >= until[trouble.rawValue]
  }

  /// Whether something is wrong and it is time to try again.
  func mustTry(_ trouble: Trouble, _ now: UInt64) -> Bool {
    isOn(trouble) && now >= until[trouble.rawValue]
  }

  /// When the first of the next tries is due, but of frames that cannot leave: those wait in the
  /// queue, each with its time.
  var due: UInt64? {
    var first: UInt64?
    for index in 0..<Trouble.count
    where errors[index] != 0 && index != Trouble.leaving.rawValue
      && until[index] < first ?? UInt64.max
    {
      first = until[index]
    }
    return first
  }

  /// Notes a failed try; true when it is the first, or another error than before.
  mutating func begin(_ trouble: Trouble, _ error: Errno, _ now: UInt64) -> Bool {
    let index = trouble.rawValue
    let isNew = errors[index] != error.number
    pauses[index] =
      errors[index] == 0
      ? Troubles.firstPause : min(pauses[index] * 2, Troubles.longestPause)
    errors[index] = error.number
    until[index] = now &+ pauses[index]
    return isNew
  }

  /// Notes that it works; true when it did not before.
  mutating func end(_ trouble: Trouble) -> Bool {
    let was = isOn(trouble)
    errors[trouble.rawValue] = 0
    return was
  }
}
