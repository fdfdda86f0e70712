// Patterns of --include that take nothing would leave a folder unlabelled without a word.

/// What the pattern should be, completing "... is not"; nil where it may take the name of a frame.
/// `Glob` says what patterns mean.
func expectedPattern(_ pattern: UnsafeBufferPointer<UInt8>) -> StaticString? {
  guard pattern.count > 0 else { return "a pattern such as *.jpg" }
  let first = pattern[0] == UInt8(ascii: "\\") && pattern.count > 1 ? pattern[1] : pattern[0]
  guard first != UInt8(ascii: ".") else {
    return "a pattern that takes frames: names that begin with a dot are never taken; try '*.jpg'"
  }
  var isOneWord = true
  var at = 0
  while at < pattern.count {
    switch pattern[at] {
    case UInt8(ascii: "/"): return "a pattern for names: they have no '/'"
    case UInt8(ascii: ","):
      return "one pattern: give --include for each (a comma in a name is '\\,')"
    case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "."): isOneWord = false
    case UInt8(ascii: "\\"):
      isOneWord = false
      at += 1
    case UInt8(ascii: "["):
      isOneWord = false
      guard let end = setEnd(pattern, at) else {
        return "a pattern: its '[' has no ']' (a '[' in a name is '\\[')"
      }
      guard isOrdered(pattern, from: at + 1, to: end) else {
        return "a pattern: a range in its [...] ends before it begins"
      }
      at = end
    default: break
    }
    at += 1
  }
  return isOneWord ? "a pattern such as *.jpg: it takes that one name only" : nil
}

/// Where the set that begins at `start` ends; a `]` that stands first in it is a member.
private func setEnd(_ pattern: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
  var at = start + 1
  if at < pattern.count, pattern[at] == UInt8(ascii: "!") { at += 1 }
  if at < pattern.count, pattern[at] == UInt8(ascii: "]") { at += 1 }
  while at < pattern.count {
    if pattern[at] == UInt8(ascii: "]") { return at }
    at += 1
  }
  return nil
}

/// Whether every range of the set goes upwards: one that doesn't takes nothing.
private func isOrdered(_ set: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Bool {
  var at = start
  if set[at] == UInt8(ascii: "!") { at += 1 }
  while at < end {
    if at + 2 < end, set[at + 1] == UInt8(ascii: "-") {
      if set[at] > set[at + 2] { return false }
      at += 2
    }
    at += 1
  }
  return true
}
