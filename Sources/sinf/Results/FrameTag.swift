import SINFWatch

extension Output {
  /// Members of a JSON object, never its first: `ReportedFrames` looks for a comma before them.
  mutating func putMembers(_ tag: FrameTag) {
    put(FrameTag.identityKey)
    put(tag.identity)
    put("\"")
    key("time")
    beginText()
    put(time: tag.nanoseconds)
    endText()
    if tag.isReplayed { member("replayed", true) }
  }

  /// 16 hexadecimal digits.
  mutating func put(_ identity: FrameIdentity) {
    for shift in 0..<8 {
      put(hexadecimal: UInt8(truncatingIfNeeded: identity.number >> UInt64(56 - 8 * shift)))
    }
  }

  /// `2026-11-25T03:00:00.000Z` (ISO 8601, UTC) of nanoseconds since 1970.
  mutating func put(time nanoseconds: Int64) {
    let milliseconds = max(nanoseconds, 0) / 1_000_000
    let seconds = milliseconds / 1000
    let (year, month, day) = civilDate(seconds / 86_400)
    put(UInt64(year), digits: 4)
    put("-")
    put(UInt64(month), digits: 2)
    put("-")
    put(UInt64(day), digits: 2)
    put("T")
    put(UInt64(seconds % 86_400 / 3600), digits: 2)
    put(":")
    put(UInt64(seconds % 3600 / 60), digits: 2)
    put(":")
    put(UInt64(seconds % 60), digits: 2)
    put(".")
    put(UInt64(milliseconds % 1000), digits: 3)
    put("Z")
  }

  /// With leading zeros.
  private mutating func put(_ value: UInt64, digits: Int) {
    var left = digits - digitCount(value)
    while left > 0 {
      put("0")
      left -= 1
    }
    put(value)
  }
}

/// The date `days` (not negative) after 1 January 1970. Years are counted from March, so that the
/// leap day is the last (Hinnant, "chrono-compatible low-level date algorithms").
func civilDate(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
  let shifted = days + 719_468
  let era = shifted / 146_097
  let dayOfEra = shifted % 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let march = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * march + 2) / 5 + 1
  let month = march < 10 ? march + 3 : march - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}
