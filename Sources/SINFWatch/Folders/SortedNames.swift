/// The first names, in byte order, of a stream of names too long to keep: a folder of any size is
/// listed in order with one pass over it for every `capacity` names.
///
/// Lives in the caller's memory, which must outlive it.
struct SortedNames: ~Copyable {
  /// Bytes a name takes, its zero included.
  static let slotBytes = 256

  let capacity: Int
  private(set) var count = 0
  /// Whether names were offered that did not fit.
  private(set) var isTruncated = false
  /// Slot numbers in the order of their names; behind `count` the free ones.
  private let order: UnsafeMutablePointer<UInt16>
  private let slots: UnsafeMutablePointer<CChar>

  static func bytes(capacity: Int) -> Int {
    capacity * (slotBytes + MemoryLayout<UInt16>.stride)
  }

  /// `memory`: at least `bytes(capacity:)`, at an even address; capacity 1 ... 65,536.
  init(memory: UnsafeMutableRawPointer, capacity: Int) {
    precondition(capacity > 0 && capacity <= 65_536)
    self.capacity = capacity
    order = memory.bindMemory(to: UInt16.self, capacity: capacity)
    slots = (memory + capacity * MemoryLayout<UInt16>.stride).bindMemory(
      to: CChar.self, capacity: capacity * SortedNames.slotBytes)
    for slot in 0..<capacity { order[slot] = UInt16(slot) }
  }

  mutating func removeAll() {
    count = 0
    isTruncated = false
  }

  /// Name `index`, 0 ..< count, ascending; valid until the next `offer`.
  subscript(index: Int) -> UnsafePointer<CChar> {
    precondition(index >= 0 && index < count)
    return name(index)
  }

  /// Keeps the name if it is among the first `capacity` so far; false when it is too long for that.
  mutating func offer(_ text: UnsafePointer<CChar>) -> Bool {
    var length = 0
    while text[length] != 0 {
      length += 1
      if length == SortedNames.slotBytes { return false }
    }
    if count == capacity {
      isTruncated = true
      guard precedes(text, name(count - 1)) else { return true }
      count -= 1
    }
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if precedes(name(middle), text) { low = middle + 1 } else { high = middle }
    }
    let free = order[count]
    var index = count
    while index > low {
      order[index] = order[index - 1]
      index -= 1
    }
    order[low] = free
    count += 1
    (slots + Int(free) * SortedNames.slotBytes).update(from: text, count: length + 1)
    return true
  }

  private func name(_ index: Int) -> UnsafePointer<CChar> {
    UnsafePointer(slots + Int(order[index]) * SortedNames.slotBytes)
  }
}

/// Whether C string `a` stands before `b` in byte order.
func precedes(_ a: UnsafePointer<CChar>, _ b: UnsafePointer<CChar>) -> Bool {
  var index = 0
  while a[index] == b[index], a[index] != 0 { index += 1 }
  return UInt8(bitPattern: a[index]) < UInt8(bitPattern: b[index])
}
