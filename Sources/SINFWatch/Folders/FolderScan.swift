import SINFSystem

/// Everything below a folder in the order in which the file system has it, names that begin with a
/// dot left out; links are seen as links and never followed, also where a folder is swapped for one
/// meanwhile: each folder is opened in the one that holds it.
///
/// Unlike `FolderWalk` it gives each folder before it enters it, so that the folder can be watched
/// first, and reads each folder once.
struct FolderScan<Disk: FrameDisk>: ~Copyable {
  enum Entry {
    /// Anything but a folder.
    case file(FileStatus)
    /// A folder, entered with the next call unless `leaveOut` is called.
    case folder(FileStatus)
    /// What cannot be looked at or read.
    case unreadable(Errno)
    /// A folder that is not entered because it lies `depthLimit` folders deep.
    case tooDeep
  }

  /// Folders within folders, the first included.
  static var depthLimit: Int { 16 }
  static var memoryBytes: Int {
    Path.capacity + depthLimit * MemoryLayout<FolderListing>.stride
  }

  private let disk: Disk
  /// The entry's path below the folder; empty for the folder itself.
  private(set) var path: Path
  private let folders: UnsafeMutablePointer<FolderListing>
  /// Length of each open folder's path.
  private var lengths = InlineArray<16, Int>(repeating: 0)
  private var depth = 0
  private var isRecursive = false
  private var entersNext = false
  private var pending: Errno?

  /// Behind the last slash of the entry's path.
  var name: UnsafePointer<CChar> { path.lastComponent }

  /// A scan that is at its end.
  ///
  /// - Parameter memory: `memoryBytes`, 8-byte aligned, outliving this.
  init(memory: UnsafeMutableRawPointer, disk: Disk) {
    self.disk = disk
    folders = memory.bindMemory(
      to: FolderListing.self, capacity: FolderScan<Disk>.depthLimit)
    path = Path(
      memory: memory + FolderScan<Disk>.depthLimit * MemoryLayout<FolderListing>.stride)
  }

  /// Begins anew with an open folder, which stays the caller's. To be followed by all of `next` or by
  /// `end`, which close what is opened on the way.
  mutating func begin(_ folder: Int32, isRecursive: Bool) {
    end()
    self.isRecursive = isRecursive
    enter(Text.here, in: folder)
  }

  /// Leaves the rest out.
  mutating func end() {
    while depth > 0 { leave() }
    path.cut(to: 0)
    entersNext = false
    pending = nil
  }

  /// Does not enter the folder that `next` returned last.
  mutating func leaveOut() { entersNext = false }

  /// The folder that `next` returned last, opened for the caller to close.
  func openFolder() throws(Errno) -> Int32 {
    try disk.openFolder(name, in: folders[depth - 1].descriptor)
  }

  /// The next entry, nil at the end.
  mutating func next() -> Entry? {
    if entersNext {
      entersNext = false
      enter(name, in: folders[depth - 1].descriptor)
    }
    while true {
      if let error = pending {
        pending = nil
        // A folder within the folder went while it was entered or read.
        if depth > 0, error == .noSuchFile { continue }
        return .unreadable(error)
      }
      guard depth > 0 else { return nil }
      path.cut(to: lengths[depth - 1])
      do throws(Errno) {
        if let entry = try look() { return entry }
      } catch {
        return .unreadable(error)
      }
    }
  }

  /// What the folder at hand has next; nil when that is not worth a word, or there is nothing left.
  private mutating func look() throws(Errno) -> Entry? {
    let next: UnsafePointer<CChar>?
    do throws(Errno) {
      next = try disk.nextName(folders + depth - 1)
    } catch {
      leave()
      pending = error
      return nil
    }
    guard let name = next else {
      leave()
      return nil
    }
    if name[0] == 0x2E { return nil }
    guard path.join(name) else { throw .pathTooLong }
    let status: FileStatus
    do throws(Errno) {
      status = try disk.look(name, in: folders[depth - 1].descriptor)
    } catch {
      // Gone since the folder was read.
      if error == .noSuchFile { return nil }
      throw error
    }
    guard status.kind == .directory else { return .file(status) }
    if isRecursive, depth == FolderScan<Disk>.depthLimit { return .tooDeep }
    entersNext = isRecursive
    return .folder(status)
  }

  private mutating func enter(_ name: UnsafePointer<CChar>, in folder: Int32) {
    do throws(Errno) {
      let opened = try disk.openFolder(name, in: folder)
      (folders + depth).initialize(to: FolderListing())
      folders[depth].begin(opened)
      lengths[depth] = path.count
      depth += 1
    } catch {
      pending = error
    }
  }

  /// Goes back to the folder that holds the one at hand; the path is that one's then.
  private mutating func leave() {
    depth -= 1
    path.cut(to: min(path.count, lengths[depth]))
    disk.close(folders[depth].descriptor)
  }
}
