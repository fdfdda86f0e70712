import CSystem
import SINFRuntime
import SINFSystem
import SINFWatch

/// The memory of `sinf watch` besides the classifier's: its size follows from the options, and all of
/// it is taken at start.
struct WatchTables: ~Copyable {
  private let arena: Arena
  let events: UnsafeMutablePointer<csys_events>
  let scan: UnsafeMutableRawPointer
  let queue: UnsafeMutableRawPointer
  let folders: UnsafeMutableRawPointer
  let ledger: UnsafeMutableRawPointer
  /// The file at hand.
  let path: PathBuffer
  /// Where it goes, and for renaming results.
  let target: PathBuffer
  let other: PathBuffer
  /// The ledger's path and that of its next version.
  let state: PathBuffer
  let freshState: PathBuffer
  let heartbeat: PathBuffer

  /// Folders below the watched one, itself included, that can be watched.
  static func folderLimit(_ options: WatchOptions) -> Int {
    options.shared.isRecursive ? 256 : 1
  }

  /// Longest path below the watched folder, its end included.
  static func pathBytes(_ options: WatchOptions) -> Int {
    options.shared.isRecursive ? 1024 : 256
  }

  static func bytes(_ options: WatchOptions) -> Int {
    Arena.rounded(MemoryLayout<csys_events>.stride) + Arena.rounded(FolderScan.memoryBytes)
      + Arena.rounded(
        FrameQueue.bytes(capacity: options.maximumQueue, pathBytes: pathBytes(options)))
      + Arena.rounded(
        WatchedFolders.bytes(capacity: folderLimit(options), pathBytes: pathBytes(options)))
      + Arena.rounded(Ledger.bytes(capacity: options.remember)) + 6 * PathBuffer.capacity
  }

  init(_ options: WatchOptions) throws(StartError) {
    var arena = try makeArena(WatchTables.bytes(options))
    let pathBytes = WatchTables.pathBytes(options)
    let events = try WatchTables.take(MemoryLayout<csys_events>.stride, &arena)
    let scan = try WatchTables.take(FolderScan.memoryBytes, &arena)
    let queue = try WatchTables.take(
      FrameQueue.bytes(capacity: options.maximumQueue, pathBytes: pathBytes), &arena)
    let folders = try WatchTables.take(
      WatchedFolders.bytes(
        capacity: WatchTables.folderLimit(options), pathBytes: pathBytes), &arena)
    let ledger = try WatchTables.take(Ledger.bytes(capacity: options.remember), &arena)
    let paths = try WatchTables.take(6 * PathBuffer.capacity, &arena)
    self.arena = arena
    self.events = events.bindMemory(to: csys_events.self, capacity: 1)
    self.scan = scan
    self.queue = queue
    self.folders = folders
    self.ledger = ledger
    path = PathBuffer(memory: paths)
    target = PathBuffer(memory: paths + PathBuffer.capacity)
    other = PathBuffer(memory: paths + 2 * PathBuffer.capacity)
    state = PathBuffer(memory: paths + 3 * PathBuffer.capacity)
    freshState = PathBuffer(memory: paths + 4 * PathBuffer.capacity)
    heartbeat = PathBuffer(memory: paths + 5 * PathBuffer.capacity)
  }

  private static func take(
    _ bytes: Int, _ arena: inout Arena
  ) throws(StartError) -> UnsafeMutableRawPointer {
    do throws(RuntimeError) {
      return try arena.take(bytes: bytes).baseAddress.unsafelyUnwrapped
    } catch {
      throw StartError(error)
    }
  }
}
