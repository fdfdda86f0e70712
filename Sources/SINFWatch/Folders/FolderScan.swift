import CSystem
import SINFSystem

/// Everything below a folder in the order in which the file system has it, names that begin with a
/// dot left out; links are seen as links and never followed.
///
/// Unlike `FolderWalk` it gives each folder before it enters it, so that the folder can be watched
/// first, and reads each folder once.
public struct FolderScan: ~Copyable {
  public enum Entry {
    /// Anything but a folder.
    case file(csys_status)
    /// A folder, entered with the next call unless `leaveOut` is called.
    case folder(csys_status)
    /// What cannot be looked at or read; an errno.
    case unreadable(Int32)
    /// A folder that is not entered because it lies `depthLimit` folders deep.
    case tooDeep
  }

  /// Folders within folders, the first included.
  public static let depthLimit = 16
  public static let memoryBytes =
    PathBuffer.capacity + depthLimit * MemoryLayout<csys_directory>.stride

  private let buffer: UnsafeMutablePointer<CChar>
  private let folders: UnsafeMutablePointer<csys_directory>
  /// Length of each open folder's path.
  private var lengths = InlineArray<16, Int>(repeating: 0)
  private var depth = 0
  private let rootLength: Int
  private let isRecursive: Bool
  private var entersNext = false
  private var pending: Int32 = 0

  /// The entry's path; valid until the next call.
  public var path: UnsafePointer<CChar> { UnsafePointer(buffer) }
  /// The entry's path below the folder; empty for the folder itself.
  public var relativePath: UnsafePointer<CChar> {
    let at = buffer + rootLength
    return UnsafePointer(at[0] == 0x2F ? at + 1 : at)
  }
  /// Behind the last slash.
  public var name: UnsafePointer<CChar> { lastComponent(path) }

  /// - Parameter memory: `memoryBytes`, 8-byte aligned, outliving this.
  public init(
    _ folder: UnsafePointer<CChar>, isRecursive: Bool, memory: UnsafeMutableRawPointer
  ) {
    folders = memory.bindMemory(to: csys_directory.self, capacity: FolderScan.depthLimit)
    let text = memory + FolderScan.depthLimit * MemoryLayout<csys_directory>.stride
    buffer = text.bindMemory(to: CChar.self, capacity: PathBuffer.capacity)
    self.isRecursive = isRecursive
    var length = 0
    while folder[length] != 0, length < PathBuffer.capacity - 1 {
      buffer[length] = folder[length]
      length += 1
    }
    buffer[length] = 0
    rootLength = length
    if folder[length] != 0 {
      pending = csys_path_too_long()
    } else {
      enter(length)
    }
  }

  deinit {
    var open = depth
    while open > 0 {
      open -= 1
      csys_directory_close(folders + open)
    }
  }

  /// Does not enter the folder that `next` returned last.
  public mutating func leaveOut() { entersNext = false }

  /// The next entry, nil at the end.
  public mutating func next() -> Entry? {
    if entersNext {
      entersNext = false
      var length = 0
      while buffer[length] != 0 { length += 1 }
      enter(length)
    }
    while true {
      if pending != 0 {
        let error = pending
        pending = 0
        // A folder within the folder went while it was entered or read.
        if depth > 0, error == csys_no_such_file() { continue }
        return .unreadable(error)
      }
      guard depth > 0 else { return nil }
      let length = lengths[depth - 1]
      var error: Int32 = 0
      guard let name = csys_directory_next(folders + depth - 1, &error) else {
        csys_directory_close(folders + depth - 1)
        depth -= 1
        buffer[length] = 0
        pending = error
        continue
      }
      if name[0] == 0x2E { continue }
      guard put(name, behind: length) else { return .unreadable(csys_path_too_long()) }
      var status = csys_status()
      error = csys_look(path, &status)
      // Gone since the folder was read.
      if error == csys_no_such_file() { continue }
      if error != 0 { return .unreadable(error) }
      guard status.kind == Int32(CSYS_FILE_DIRECTORY.rawValue) else { return .file(status) }
      if isRecursive, depth == FolderScan.depthLimit { return .tooDeep }
      entersNext = isRecursive
      return .folder(status)
    }
  }

  private mutating func enter(_ length: Int) {
    let error = csys_directory_open(folders + depth, path)
    if error != 0 {
      pending = error
      return
    }
    lengths[depth] = length
    depth += 1
  }

  private func put(_ name: UnsafePointer<CChar>, behind length: Int) -> Bool {
    var at = length
    if at == 0 || buffer[at - 1] != 0x2F {
      buffer[at] = 0x2F
      at += 1
    }
    var index = 0
    while name[index] != 0 {
      guard at < PathBuffer.capacity - 1 else {
        buffer[at] = 0
        return false
      }
      buffer[at] = name[index]
      at += 1
      index += 1
    }
    buffer[at] = 0
    return true
  }
}
