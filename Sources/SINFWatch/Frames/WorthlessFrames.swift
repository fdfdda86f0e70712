/// Frames that failed and could not be remembered for want of room: they are left alone as long as
/// that lasts, so that they don't stand before others. Of very many some are forgotten, and tried in
/// vain once more.
struct WorthlessFrames {
  private var identities = InlineArray<1024, UInt64>(repeating: 0)
  private(set) var isEmpty = true

  func contains(_ identity: FrameIdentity) -> Bool {
    !isEmpty && identities[place(of: identity)] == identity.number
  }

  mutating func add(_ identity: FrameIdentity) {
    identities[place(of: identity)] = identity.number
    isEmpty = false
  }

  mutating func removeAll() {
    if isEmpty { return }
    for index in 0..<1024 { identities[index] = 0 }
    isEmpty = true
  }

  private func place(of identity: FrameIdentity) -> Int {
    Int(truncatingIfNeeded: identity.number >> 3) & 1023
  }
}
