/// A pattern for file names: `*` any bytes, `?` any one byte, `[a-z]` one of a set, `[!a-z]` one not
/// of it; every other byte itself, `\` takes the next one literally. Upper and lower case differ.
public struct Glob {
  private let pattern: UnsafePointer<CChar>

  /// - Parameter pattern: outlives this.
  public init(_ pattern: UnsafePointer<CChar>) {
    self.pattern = pattern
  }

  /// Whether the whole name fits. Cost: pattern times name at worst.
  public func matches(_ name: UnsafePointer<CChar>) -> Bool {
    var p = 0
    var n = 0
    // Where to go on after the last `*` when what follows does not fit: one byte more for it.
    var star: (pattern: Int, name: Int)?
    while name[n] != 0 {
      if pattern[p] == Glob.star {
        p += 1
        star = (p, n)
      } else if let next = step(p, UInt8(bitPattern: name[n])) {
        p = next
        n += 1
      } else if let last = star {
        p = last.pattern
        n = last.name + 1
        star = (p, n)
      } else {
        return false
      }
    }
    while pattern[p] == Glob.star { p += 1 }
    return pattern[p] == 0
  }

  private static let star = CChar(bitPattern: 0x2A)

  /// The pattern's position behind the element at `p`, if that takes the byte.
  private func step(_ p: Int, _ byte: UInt8) -> Int? {
    let element = UInt8(bitPattern: pattern[p])
    switch element {
    case 0: return nil
    case UInt8(ascii: "?"): return p + 1
    case UInt8(ascii: "["):
      // A bracket that is never closed stands for itself.
      guard let end = setEnd(p) else { return byte == element ? p + 1 : nil }
      return set(p + 1, end, contains: byte) ? end + 1 : nil
    case UInt8(ascii: "\\") where pattern[p + 1] != 0:
      return byte == UInt8(bitPattern: pattern[p + 1]) ? p + 2 : nil
    default: return byte == element ? p + 1 : nil
    }
  }

  /// Position of the `]` that ends the set which begins at `p`; the first byte of a set may be one.
  private func setEnd(_ p: Int) -> Int? {
    var at = p + 1
    if pattern[at] == CChar(bitPattern: 0x21) { at += 1 }
    if pattern[at] == CChar(bitPattern: 0x5D) { at += 1 }
    while pattern[at] != 0 {
      if pattern[at] == CChar(bitPattern: 0x5D) { return at }
      at += 1
    }
    return nil
  }

  private func set(_ start: Int, _ end: Int, contains byte: UInt8) -> Bool {
    var at = start
    let isNegated = pattern[at] == CChar(bitPattern: 0x21)
    if isNegated { at += 1 }
    var isInside = false
    while at < end {
      let low = UInt8(bitPattern: pattern[at])
      var high = low
      if at + 2 < end, pattern[at + 1] == CChar(bitPattern: 0x2D) {
        high = UInt8(bitPattern: pattern[at + 2])
        at += 2
      }
      if byte >= low && byte <= high { isInside = true }
      at += 1
    }
    return isInside != isNegated
  }
}
