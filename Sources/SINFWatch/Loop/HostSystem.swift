import CSystem
import SINFSystem

extension FolderEvents: EventSource {}

/// The machine that the program runs on.
public struct HostSystem: WatchSystem {
  public let events: FolderEvents

  public init(events: FolderEvents = FolderEvents()) {
    self.events = events
  }

  public var monotonicNanoseconds: UInt64 { Clock.monotonicNanoseconds }
  public var wallNanoseconds: Int64 { Clock.wallNanoseconds }
  public var fileNanoseconds: Int64 { Clock.fileNanoseconds }
  public func pause(nanoseconds: UInt64) { Clock.pause(nanoseconds: nanoseconds) }
}

// Folders.
extension HostSystem {
  public func openFolder(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32 {
    try Errno.value(csys_folder_open(path))
  }

  public func openPlace(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32 {
    try Errno.value(csys_folder_open_place(path))
  }

  public func openFolder(
    _ path: UnsafePointer<CChar>, in folder: Int32
  ) throws(Errno) -> Int32 {
    try Errno.value(csys_folder_open_in(folder, path))
  }

  public func close(_ descriptor: Int32) { csys_close(descriptor) }

  public func nextName(
    _ listing: UnsafeMutablePointer<FolderListing>
  ) throws(Errno) -> UnsafePointer<CChar>? {
    try listing.pointee.next()
  }

  public func look(
    _ path: UnsafePointer<CChar>, in folder: Int32
  ) throws(Errno) -> FileStatus {
    try FileStatus(path, in: folder)
  }

  public func look(at descriptor: Int32) throws(Errno) -> FileStatus {
    try FileStatus(of: descriptor)
  }

  public func openFile(
    _ path: UnsafePointer<CChar>, in folder: Int32
  ) throws(Errno) -> Int32 {
    try Errno.value(csys_folder_open_file(folder, path))
  }

  public func writing(_ descriptor: Int32) -> Writing {
    switch UInt32(bitPattern: csys_is_being_written(descriptor)) {
    case CSYS_WRITING_NO.rawValue: .nobody
    case CSYS_WRITING_YES.rawValue: .somebody
    default: .unknown
    }
  }

  public func move(
    _ path: UnsafePointer<CChar>, in folder: Int32, to target: Int32,
    as name: UnsafePointer<CChar>
  ) throws(Errno) {
    try Errno.check(csys_folder_move(folder, path, target, name))
  }

  public func remove(_ path: UnsafePointer<CChar>, in folder: Int32) throws(Errno) {
    try Errno.check(csys_folder_remove(folder, path))
  }

  public func sync(folder: Int32) throws(Errno) { try Errno.check(csys_folder_sync(folder)) }

  public func silentKind(of folder: Int32) -> UnsafePointer<CChar>? {
    csys_folder_silent_kind(folder)
  }
}

// Files.
extension HostSystem {
  public func openResults(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32 {
    try Errno.value(csys_open_results(path))
  }

  public func openPrivate(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32 {
    try Errno.value(csys_open_private(path))
  }

  public func openFresh(
    _ path: UnsafePointer<CChar>, isPrivate: Bool
  ) throws(Errno) -> Int32 {
    try Errno.value(csys_open_fresh(path, isPrivate ? 1 : 0))
  }

  public func openWritten(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32 {
    try Errno.value(csys_open_written(path))
  }

  public func look(_ path: UnsafePointer<CChar>) throws(Errno) -> FileStatus {
    try FileStatus(at: path)
  }

  public func read(
    _ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int, at offset: Int64
  ) throws(Errno) -> Int {
    let got = csys_read_at(descriptor, bytes, count, offset)
    if got < 0 { throw Errno(Int32(truncatingIfNeeded: -got)) }
    return Int(got)
  }

  public func append(
    _ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int
  ) throws(Errno) {
    try Errno.check(csys_write_all(descriptor, bytes, count))
  }

  public func cut(_ descriptor: Int32, to bytes: Int64) throws(Errno) {
    try Errno.check(csys_truncate(descriptor, bytes))
  }

  public func sync(_ descriptor: Int32) throws(Errno) { try Errno.check(csys_sync(descriptor)) }

  public func claim(_ descriptor: Int32) throws(Errno) {
    try Errno.check(csys_claim(descriptor))
  }

  public func rename(
    _ from: UnsafePointer<CChar>, to target: UnsafePointer<CChar>
  ) throws(Errno) {
    try Errno.check(csys_rename(from, target))
  }

  public func remove(_ path: UnsafePointer<CChar>) throws(Errno) {
    try Errno.check(csys_remove(path))
  }

  public func syncFolder(of path: UnsafePointer<CChar>) throws(Errno) {
    try Errno.check(csys_sync_folder_of(path))
  }
}
