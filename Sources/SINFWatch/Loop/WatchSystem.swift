import SINFSystem

/// Time, as the loop sees it.
public protocol WatchClock {
  /// Never goes back.
  var monotonicNanoseconds: UInt64 { get }
  /// Since 1970; may jump.
  var wallNanoseconds: Int64 { get }
  /// Since 1970, by the clock that stamps files, which stands still for a few milliseconds.
  var fileNanoseconds: Int64 { get }
  func pause(nanoseconds: UInt64)
}

/// Whether somebody has a file open for writing.
public enum Writing: Sendable {
  case nobody, somebody
  /// The system does not say.
  case unknown
}

/// The watched folder and those that frames go to, by descriptors: paths are relative to an open
/// folder, and no part of one is a link.
public protocol FrameDisk {
  /// The folder, for reading; not a link to one.
  func openFolder(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32
  /// The same to look at names, rename and remove them only.
  func openPlace(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32
  /// A folder below another, for reading, "." for that one again.
  func openFolder(_ path: UnsafePointer<CChar>, in folder: Int32) throws(Errno) -> Int32
  func close(_ descriptor: Int32)
  /// The listing's next name; nil at the end.
  func nextName(
    _ listing: UnsafeMutablePointer<FolderListing>
  ) throws(Errno) -> UnsafePointer<CChar>?
  func look(_ path: UnsafePointer<CChar>, in folder: Int32) throws(Errno) -> FileStatus
  func look(at descriptor: Int32) throws(Errno) -> FileStatus
  /// A regular file for reading.
  func openFile(_ path: UnsafePointer<CChar>, in folder: Int32) throws(Errno) -> Int32
  func writing(_ descriptor: Int32) -> Writing
  /// Renames, and never over something (`.exists`).
  func move(
    _ path: UnsafePointer<CChar>, in folder: Int32, to target: Int32,
    as name: UnsafePointer<CChar>
  ) throws(Errno)
  func remove(_ path: UnsafePointer<CChar>, in folder: Int32) throws(Errno)
  /// Waits until the folder's names are on the disk.
  func sync(folder: Int32) throws(Errno)
  /// The kind of file system, where it is one whose changes are not all told; else nil.
  func silentKind(of folder: Int32) -> UnsafePointer<CChar>?
}

/// Files that are to survive a power cut: the ledger and the results.
public protocol DurableDisk {
  /// For appending and reading, made if need be.
  func openResults(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32
  /// The same for what is nobody else's business.
  func openPrivate(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32
  /// One of both, new in the place of what may stand there.
  func openFresh(_ path: UnsafePointer<CChar>, isPrivate: Bool) throws(Errno) -> Int32
  /// For reading.
  func openWritten(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32
  func close(_ descriptor: Int32)
  func look(_ path: UnsafePointer<CChar>) throws(Errno) -> FileStatus
  func look(at descriptor: Int32) throws(Errno) -> FileStatus
  /// How many bytes were read at `offset`, fewer than `count` only at the end.
  func read(
    _ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int, at offset: Int64
  ) throws(Errno) -> Int
  func append(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) throws(Errno)
  func cut(_ descriptor: Int32, to bytes: Int64) throws(Errno)
  /// Waits until the file's data is on the disk.
  func sync(_ descriptor: Int32) throws(Errno)
  /// Claims the file until it is closed; `.tryAgain` when another process has it.
  func claim(_ descriptor: Int32) throws(Errno)
  func rename(_ from: UnsafePointer<CChar>, to: UnsafePointer<CChar>) throws(Errno)
  func remove(_ path: UnsafePointer<CChar>) throws(Errno)
  /// Waits until the names of the folder that holds the path are on the disk.
  func syncFolder(of path: UnsafePointer<CChar>) throws(Errno)
}

/// What tells of changes in folders.
public protocol EventSource {
  /// To wait for; -1 where the system gives no events, so that folders must be scanned.
  var descriptor: Int32 { get }
  func watch(_ folder: UnsafePointer<CChar>) throws(Errno) -> Int32
  func unwatch(_ watch: Int32)
  func next() -> FolderEvent?
}

/// All of the system that the loop needs; `HostSystem`, or a false one in tests.
public protocol WatchSystem: WatchClock, FrameDisk, DurableDisk {
  associatedtype Events: EventSource
  var events: Events { get }
}
