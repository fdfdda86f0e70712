/// A set of classes: 8 KB on the stack.
struct ClassSet {
  private var words = InlineArray<1024, UInt64>(repeating: 0)
  private(set) var count = 0

  func contains(_ index: Int) -> Bool {
    words[index >> 6] & (1 << UInt64(index & 63)) != 0
  }

  /// Whether `index` (0 ... 65 535) is new.
  mutating func insert(_ index: Int) -> Bool {
    guard !contains(index) else { return false }
    words[index >> 6] |= 1 << UInt64(index & 63)
    count += 1
    return true
  }
}
