/// Which watch of the kernel's stands for which folder below the watched one, in memory of a fixed
/// size.
struct WatchedFolders: ~Copyable {
  let capacity: Int
  private let pathBytes: Int
  private var count = 0
  private let watches: UnsafeMutablePointer<Int32>
  private let isSeen: UnsafeMutablePointer<Bool>
  private let paths: UnsafeMutablePointer<CChar>

  static func bytes(capacity: Int, pathBytes: Int) -> Int {
    capacity * (MemoryLayout<Int32>.stride + 1 + pathBytes)
  }

  /// - Parameter memory: `bytes(capacity:pathBytes:)`, 4-byte aligned, outliving this.
  init(memory: UnsafeMutableRawPointer, capacity: Int, pathBytes: Int) {
    self.capacity = capacity
    self.pathBytes = pathBytes
    watches = memory.bindMemory(to: Int32.self, capacity: capacity)
    let marks = memory + capacity * MemoryLayout<Int32>.stride
    isSeen = marks.bindMemory(to: Bool.self, capacity: capacity)
    paths = (marks + capacity).bindMemory(to: CChar.self, capacity: capacity * pathBytes)
  }

  /// The folder's path below the watched one; nil for a watch that is not known.
  func path(of watch: Int32) -> UnsafePointer<CChar>? {
    for index in 0..<count where watches[index] == watch {
      return UnsafePointer(paths + index * pathBytes)
    }
    return nil
  }

  /// Notes that the watch stands for the folder; false when there is no room.
  mutating func note(_ watch: Int32, _ path: UnsafePointer<CChar>) -> Bool {
    var length = 0
    while path[length] != 0 { length += 1 }
    guard length < pathBytes else { return false }
    var index = 0
    while index < count, watches[index] != watch { index += 1 }
    if index == count {
      guard count < capacity else { return false }
      count += 1
    }
    watches[index] = watch
    isSeen[index] = true
    (paths + index * pathBytes).update(from: path, count: length + 1)
    return true
  }

  /// Begins a scan: what is not noted until `removeUnseen` is gone.
  mutating func beginScan() {
    for index in 0..<count { isSeen[index] = false }
  }

  /// Removes one watch that was not noted since `beginScan` and returns it; nil when there is none.
  mutating func removeUnseen() -> Int32? {
    for index in 0..<count where !isSeen[index] {
      let watch = watches[index]
      count -= 1
      watches[index] = watches[count]
      isSeen[index] = isSeen[count]
      (paths + index * pathBytes).update(from: paths + count * pathBytes, count: pathBytes)
      return watch
    }
    return nil
  }

  mutating func removeAll() { count = 0 }
}
