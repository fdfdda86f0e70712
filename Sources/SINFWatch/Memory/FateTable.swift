/// What is known of a frame.
public enum FrameFate: UInt8, Sendable {
  /// It was about to be reported and then was not.
  case unreported = 0
  case classified = 1
  case failed = 2
  /// The program ended while it was being reported: it may have been.
  case uncertain = 3
  /// Classified, with an answer that is not sure.
  case unsure = 4

  init(_ labelling: Labelling) {
    switch labelling {
    case .classified: self = .classified
    case .unsure: self = .unsure
    case .unfinished, .flawed, .unreadable: self = .failed
    }
  }

  /// Whether it is still to be reported.
  var isPending: Bool { self == .uncertain || self == .unreported }
}

/// The fates of up to `capacity` frames, by identity, in memory of a fixed size.
///
/// Open addressing with linear probing; slots hold the identity and, in its four lowest bits, the
/// fate and a mark.
public struct FateTable: ~Copyable {
  public let capacity: Int
  public private(set) var count = 0
  /// How many are `.uncertain`, and how many `.failed`.
  public private(set) var uncertainCount = 0
  public private(set) var failedCount = 0
  private let slots: UnsafeMutablePointer<UInt64>
  private let mask: Int

  private static let fateBits: UInt64 = 7
  private static let markBit: UInt64 = 8

  /// Slots: a power of two, at least a third more than the frames.
  private static func slotCount(_ capacity: Int) -> Int {
    var slots = 16
    while slots < capacity + capacity / 3 { slots *= 2 }
    return slots
  }

  public static func bytes(capacity: Int) -> Int {
    slotCount(capacity) * MemoryLayout<UInt64>.stride
  }

  /// - Parameter memory: `bytes(capacity:)`, 8-byte aligned, outliving the table; capacity above 0.
  public init(memory: UnsafeMutableRawPointer, capacity: Int) {
    self.capacity = capacity
    let count = FateTable.slotCount(capacity)
    slots = memory.bindMemory(to: UInt64.self, capacity: count)
    mask = count - 1
    removeAll()
  }

  public mutating func removeAll() {
    slots.update(repeating: 0, count: mask + 1)
    count = 0
    uncertainCount = 0
    failedCount = 0
  }

  /// The frame's fate; nil for one that is not known.
  public subscript(identity: FrameIdentity) -> FrameFate? {
    let word = slots[slot(of: identity)]
    return word == 0 ? nil : FrameFate(rawValue: UInt8(word & FateTable.fateBits))
  }

  /// Notes the fate; false when the frame is new and the table is full.
  public mutating func note(_ fate: FrameFate, of identity: FrameIdentity) -> Bool {
    let at = slot(of: identity)
    if slots[at] == 0 {
      guard count < capacity else { return false }
      count += 1
    } else {
      tally(slots[at], -1)
    }
    slots[at] = identity.number | UInt64(fate.rawValue)
    tally(slots[at], 1)
    return true
  }

  private mutating func tally(_ word: UInt64, _ step: Int) {
    switch FrameFate(rawValue: UInt8(word & FateTable.fateBits)) {
    case .uncertain: uncertainCount += step
    case .failed: failedCount += step
    default: break
    }
  }

  /// Marks a known frame; the mark goes with the next `note` of it.
  public mutating func mark(_ identity: FrameIdentity) {
    let at = slot(of: identity)
    if slots[at] != 0 { slots[at] |= FateTable.markBit }
  }

  public mutating func clearMarks() {
    for index in 0...mask { slots[index] &= ~FateTable.markBit }
  }

  /// Forgets the frame.
  public mutating func remove(_ identity: FrameIdentity) {
    var hole = slot(of: identity)
    guard slots[hole] != 0 else { return }
    tally(slots[hole], -1)
    count -= 1
    // Those behind it that were meant for a place no later move into it.
    var at = (hole + 1) & mask
    while slots[at] != 0 {
      let home = home(of: slots[at])
      if (at - home) & mask >= (at - hole) & mask {
        slots[hole] = slots[at]
        hole = at
      }
      at = (at + 1) & mask
    }
    slots[hole] = 0
  }

  /// Forgets all that is not marked.
  mutating func removeUnmarked() { removeAll { $0 & FateTable.markBit == 0 } }

  /// Forgets all that is unreported.
  mutating func removeUnreported() {
    removeAll { $0 & FateTable.fateBits == UInt64(FrameFate.unreported.rawValue) }
  }

  private mutating func removeAll(where isToGo: (UInt64) -> Bool) {
    // One that was free before: no frame was ever put behind it that was meant for a place before it.
    var free = 0
    while slots[free] != 0 { free += 1 }
    for index in 0...mask where slots[index] != 0 && isToGo(slots[index]) {
      tally(slots[index], -1)
      slots[index] = 0
      count -= 1
    }
    // In the order of the slots from there every frame moves to the first free one from its own on.
    for step in 1...mask {
      let index = (free + step) & mask
      let word = slots[index]
      if word == 0 { continue }
      slots[index] = 0
      slots[slot(of: FrameIdentity(number: word))] = word
    }
  }

  /// The next marked frame at slot `index` or behind, and moves `index` behind it; nil at the end.
  func nextMarked(_ index: inout Int) -> (identity: FrameIdentity, fate: FrameFate)? {
    while index <= mask {
      let word = slots[index]
      index += 1
      guard word & FateTable.markBit != 0,
        let fate = FrameFate(rawValue: UInt8(word & FateTable.fateBits))
      else { continue }
      return (FrameIdentity(number: word), fate)
    }
    return nil
  }

  /// The frame's slot, or the free one where it would go.
  private func slot(of identity: FrameIdentity) -> Int {
    var at = home(of: identity.number)
    while slots[at] != 0, slots[at] & ~15 != identity.number { at = (at + 1) & mask }
    return at
  }

  /// The lowest four bits are no part of the identity, the others are mixed well.
  private func home(of word: UInt64) -> Int { Int(truncatingIfNeeded: word >> 4) & mask }
}
