/// How often frames were begun and never ended, for those of which it was more than once. Some may be
/// forgotten when there are very many; each then gets a few tries more.
struct Attempts {
  private var identities = InlineArray<64, UInt64>(repeating: 0)
  private var counts = InlineArray<64, UInt8>(repeating: 0)

  /// 0 for a frame that is not noted.
  subscript(identity: FrameIdentity) -> Int {
    for index in 0..<64 where identities[index] == identity.number { return Int(counts[index]) }
    return 0
  }

  /// Notes one attempt more, `known` at least.
  mutating func add(_ identity: FrameIdentity, known: Int) {
    var least = 0
    for index in 0..<64 {
      if identities[index] == identity.number {
        counts[index] = UInt8(min(Int(counts[index]) + 1, 255))
        return
      }
      if counts[index] < counts[least] { least = index }
    }
    identities[least] = identity.number
    counts[least] = UInt8(min(known + 1, 255))
  }

  mutating func remove(_ identity: FrameIdentity) {
    for index in 0..<64 where identities[index] == identity.number {
      identities[index] = 0
      counts[index] = 0
    }
  }

  mutating func removeAll() { self = Attempts() }
}
