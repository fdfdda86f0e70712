import SINFSystem

/// Frames that wait to be looked at, ordered by age, in memory of a fixed size.
///
/// When it is full the frames that come last in the order are left out and `isOverflowing` says so:
/// their files stay in the folder, which is the real queue, and are found again by the next scan.
public struct FrameQueue: ~Copyable {
  /// Which frames come first; equally old ones by path.
  public enum Order: Sendable {
    case oldestFirst
    case newestFirst
  }

  public struct Entry {
    /// As seen last.
    public var status: FileStatus
    /// Monotonic time from which on the frame may be taken.
    public var readyNanoseconds: UInt64
    /// How often it was tried in vain; its next try waits so much the longer.
    public var attempts: Int
    public var isTaken: Bool
    fileprivate var pathHash: UInt64
  }

  /// A place in the queue, valid until the frame is removed.
  public struct Slot: Equatable, Sendable {
    fileprivate let number: UInt16
    public init() { number = 0 }
    fileprivate init(_ number: UInt16) { self.number = number }
  }

  public let capacity: Int
  /// Longest path with its end, bytes.
  public let pathBytes: Int
  public private(set) var count = 0
  /// Whether frames were left out since this was last set to false.
  public var isOverflowing = false
  private let isNewestFirst: Bool
  private let entries: UnsafeMutablePointer<Entry>
  private let order: UnsafeMutablePointer<UInt16>
  private let paths: UnsafeMutablePointer<CChar>

  private static func rounded(_ bytes: Int) -> Int { (bytes + 63) & ~63 }

  public static func bytes(capacity: Int, pathBytes: Int) -> Int {
    rounded(capacity * MemoryLayout<Entry>.stride) + rounded(capacity * 2) + capacity * pathBytes
  }

  /// - Parameter memory: `bytes(capacity:pathBytes:)`, 64-byte aligned, outliving the queue; capacity
  ///   1 ... 65,536.
  public init(
    memory: UnsafeMutableRawPointer, capacity: Int, pathBytes: Int, order first: Order
  ) {
    precondition(capacity > 0 && capacity <= 65_536)
    self.capacity = capacity
    self.pathBytes = pathBytes
    isNewestFirst = first == .newestFirst
    entries = memory.bindMemory(to: Entry.self, capacity: capacity)
    let orderMemory = memory + FrameQueue.rounded(capacity * MemoryLayout<Entry>.stride)
    order = orderMemory.bindMemory(to: UInt16.self, capacity: capacity)
    paths = (orderMemory + FrameQueue.rounded(capacity * 2))
      .bindMemory(to: CChar.self, capacity: capacity * pathBytes)
    for index in 0..<capacity { order[index] = UInt16(index) }
  }

  public func path(_ slot: Slot) -> UnsafePointer<CChar> {
    UnsafePointer(paths + Int(slot.number) * pathBytes)
  }

  public subscript(slot: Slot) -> Entry {
    get { entries[Int(slot.number)] }
    nonmutating set { entries[Int(slot.number)] = newValue }
  }

  /// What became of an offered frame.
  public enum Answer: Sendable {
    case queued
    /// It waits already; what is known of it is brought up to date.
    case known
    /// Others come first; it is left out.
    case full
    /// The path is longer than `pathBytes` allows.
    case tooLong
  }

  /// Queues the file at `path` (below the watched folder).
  public mutating func offer(
    _ path: UnsafePointer<CChar>, _ status: FileStatus, readyNanoseconds: UInt64
  ) -> Answer {
    let (hash, length) = FrameQueue.hash(path)
    guard length < pathBytes else { return .tooLong }
    if let index = position(of: path, hash) {
      if entries[Int(order[index])].isTaken {
        // It is being looked at now: what came since is found by the next scan.
        isOverflowing = true
        return .known
      }
      let known = entries[Int(order[index])]
      remove(at: index)
      let isSame = known.status.isSameContent(as: status)
      _ = insert(
        path, length, hash, status,
        // The same file again doesn't wait any longer than before; one that was tried in vain no
        // less either.
        !isSame
          ? readyNanoseconds
          : known.attempts > 0
            ? known.readyNanoseconds : min(known.readyNanoseconds, readyNanoseconds),
        attempts: isSame ? known.attempts : 0)
      return .known
    }
    return insert(path, length, hash, status, readyNanoseconds) ? .queued : .full
  }

  /// Takes the first frame that is ready; it stays in the queue until it is removed or put back.
  public mutating func take(at now: UInt64) -> Slot? {
    for index in 0..<count {
      let number = order[index]
      if !entries[Int(number)].isTaken, entries[Int(number)].readyNanoseconds <= now {
        entries[Int(number)].isTaken = true
        return Slot(number)
      }
    }
    return nil
  }

  /// Puts a taken frame back, to be looked at again from `readyNanoseconds` on.
  public mutating func putBack(_ slot: Slot, readyNanoseconds: UInt64) {
    entries[Int(slot.number)].isTaken = false
    entries[Int(slot.number)].readyNanoseconds = readyNanoseconds
  }

  public mutating func remove(_ slot: Slot) {
    for index in 0..<count where order[index] == slot.number {
      remove(at: index)
      return
    }
  }

  public mutating func removeAll() { count = 0 }

  /// When the next frame becomes ready; nil for an empty queue.
  public var nextReadyNanoseconds: UInt64? {
    var next: UInt64?
    for index in 0..<count where !entries[Int(order[index])].isTaken {
      let ready = entries[Int(order[index])].readyNanoseconds
      if next.map({ ready < $0 }) ?? true { next = ready }
    }
    return next
  }

  private func position(of path: UnsafePointer<CChar>, _ hash: UInt64) -> Int? {
    for index in 0..<count where entries[Int(order[index])].pathHash == hash {
      if equals(path, paths + Int(order[index]) * pathBytes) { return index }
    }
    return nil
  }

  private mutating func remove(at index: Int) {
    let number = order[index]
    var at = index
    while at + 1 < count {
      order[at] = order[at + 1]
      at += 1
    }
    count -= 1
    order[count] = number
  }

  private mutating func insert(
    _ path: UnsafePointer<CChar>, _ length: Int, _ hash: UInt64, _ status: FileStatus,
    _ ready: UInt64, attempts: Int = 0
  ) -> Bool {
    let modified = status.modifiedNanoseconds
    if count == capacity {
      isOverflowing = true
      let last = Int(order[count - 1])
      guard !entries[last].isTaken,
        precedes(modified, path, entries[last].status.modifiedNanoseconds, paths + last * pathBytes)
      else { return false }
      count -= 1
    }
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      let other = Int(order[middle])
      let isBehind = precedes(
        entries[other].status.modifiedNanoseconds, paths + other * pathBytes, modified, path)
      if isBehind { low = middle + 1 } else { high = middle }
    }
    let free = order[count]
    var index = count
    while index > low {
      order[index] = order[index - 1]
      index -= 1
    }
    order[low] = free
    count += 1
    entries[Int(free)] = Entry(
      status: status, readyNanoseconds: ready, attempts: attempts, isTaken: false, pathHash: hash)
    (paths + Int(free) * pathBytes).update(from: path, count: length + 1)
    return true
  }

  private func precedes(
    _ a: Int64, _ pathA: UnsafePointer<CChar>, _ b: Int64, _ pathB: UnsafePointer<CChar>
  ) -> Bool {
    if a != b { return isNewestFirst ? a > b : a < b }
    return SINFWatch.precedes(pathA, pathB)
  }

  /// FNV-1a, and the length.
  private static func hash(_ path: UnsafePointer<CChar>) -> (UInt64, Int) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var length = 0
    while path[length] != 0 {
      hash = (hash ^ UInt64(UInt8(bitPattern: path[length]))) &* 0x0000_0100_0000_01B3
      length += 1
    }
    return (hash, length)
  }
}

/// Whether two C strings are the same.
func equals(_ a: UnsafePointer<CChar>, _ b: UnsafePointer<CChar>) -> Bool {
  var index = 0
  while a[index] == b[index] {
    if a[index] == 0 { return true }
    index += 1
  }
  return false
}
