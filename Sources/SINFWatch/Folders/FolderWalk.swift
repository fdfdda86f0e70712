import CSystem
import SINFPictures

/// Everything in a folder in the order of its names, in fixed memory however large the folder is.
///
/// The folder is read once for every 512 of its entries, and once more after each subfolder that was
/// entered. Entries that appear or go while it is walked may be found or not; none is found twice.
public struct FolderWalk: ~Copyable {
  public enum Entry {
    /// A regular file that is taken for a picture; also what cannot be looked at but is named like
    /// one, so that the attempt to read it says why.
    case picture
    /// Something else: not a picture, hidden, not a regular file.
    case other
    /// A folder that is not entered: without recursion, or a link to a folder.
    case folder
    /// A folder that could not be read, or a name too long to be reached; an errno.
    case unreadable(Int32)
    /// A folder that is not entered because it lies `depthLimit` folders deep.
    case tooDeep
  }

  /// Bytes that `init` needs.
  public static let memoryBytes = SortedNames.bytes(capacity: nameCapacity) + pathCapacity
  static let nameCapacity = 512
  static let pathCapacity = 4096
  /// Folders within folders, the first included.
  public static let depthLimit = 64

  private var names: SortedNames
  private var nextName = 0
  private let buffer: UnsafeMutablePointer<CChar>
  /// Length of each entered folder's path, the outermost first.
  private var folderLengths = InlineArray<64, Int>(repeating: 0)
  private var depth = 0
  private let isRecursive: Bool
  /// Names too long for the table, still to be reported.
  private var unlistable = 0

  /// The path of the entry that `next()` returned last; valid until it is called again.
  public var path: UnsafePointer<CChar> { UnsafePointer(buffer) }

  /// An errno to be reported before anything else.
  private var pending: Int32?

  /// Begins with the entries of `folder`. `memory`: `memoryBytes`, 8-byte aligned, outliving this.
  public init(
    _ folder: UnsafePointer<CChar>, isRecursive: Bool, memory: UnsafeMutableRawPointer
  ) {
    names = SortedNames(memory: memory, capacity: FolderWalk.nameCapacity)
    buffer = (memory + SortedNames.bytes(capacity: FolderWalk.nameCapacity))
      .bindMemory(to: CChar.self, capacity: FolderWalk.pathCapacity)
    self.isRecursive = isRecursive
    buffer[0] = 0
    guard var length = FolderWalk.append(folder, to: buffer, at: 0), length > 0 else {
      pending = csys_path_too_long()
      return
    }
    // "photos/" gives the same paths as "photos"; "/" stays what it is.
    while length > 1, buffer[length - 1] == FolderWalk.slash { length -= 1 }
    buffer[length] = 0
    enter(length)
  }

  /// The next entry, nil at the end.
  public mutating func next() -> Entry? {
    while true {
      if let error = pending {
        pending = nil
        return .unreadable(error)
      }
      guard depth > 0 else { return nil }
      if unlistable > 0 {
        unlistable -= 1
        buffer[folderLength] = 0
        return .unreadable(csys_path_too_long())
      }
      if nextName < names.count {
        nextName += 1
        if let entry = look(at: names[nextName - 1]) { return entry }
      } else if names.isTruncated {
        fill(isFirst: false)
      } else {
        // Whatever the path's last component was, it becomes the folder that is left here.
        buffer[folderLength] = 0
        depth -= 1
        if depth > 0 { fill(isFirst: false) }
      }
    }
  }

  private static let slash = CChar(bitPattern: 0x2F)

  private var folderLength: Int { folderLengths[depth - 1] }

  /// Where a name begins in a path of this folder: behind its slash, of which "/" has one already.
  private var nameStart: Int {
    buffer[folderLength - 1] == FolderWalk.slash ? folderLength : folderLength + 1
  }

  /// What the name stands for; nil for a folder that was entered.
  private mutating func look(at name: UnsafePointer<CChar>) -> Entry? {
    let start = nameStart
    buffer[start - 1] = FolderWalk.slash
    guard let length = FolderWalk.append(name, to: buffer, at: start) else {
      return .unreadable(csys_path_too_long())
    }
    if name[0] == 0x2E { return .other }
    let kind = csys_file_kind(path)
    if kind == Int32(CSYS_FILE_DIRECTORY.rawValue) {
      guard isRecursive, csys_is_link(path) == 0 else { return .folder }
      guard depth < FolderWalk.depthLimit else { return .tooDeep }
      enter(length)
      return nil
    }
    if PictureRule.accepts(name: name) { return .picture }
    let isRegular = kind == Int32(CSYS_FILE_REGULAR.rawValue)
    return isRegular && PictureRule.acceptsContent(path: path) ? .picture : .other
  }

  private mutating func enter(_ length: Int) {
    folderLengths[depth] = length
    depth += 1
    fill(isFirst: true)
  }

  /// Reads the folder for the first names, or for those that follow the path's last component.
  private mutating func fill(isFirst: Bool) {
    names.removeAll()
    nextName = 0
    var folder = csys_directory()
    let end = folderLength
    let cut = buffer[end]
    buffer[end] = 0
    var error = csys_directory_open(&folder, path)
    buffer[end] = cut
    let last = UnsafePointer(buffer + nameStart)
    while error == 0, let name = csys_directory_next(&folder, &error) {
      guard isFirst || precedes(last, name) else { continue }
      if !names.offer(name), isFirst { unlistable += 1 }
    }
    csys_directory_close(&folder)
    if error != 0 {
      // What was read before the error is still gone through.
      buffer[end] = 0
      pending = error
    }
  }

  /// Appends a C string, its zero included; the new length, nil when it does not fit (then as much
  /// of it as does).
  private static func append(
    _ text: UnsafePointer<CChar>, to buffer: UnsafeMutablePointer<CChar>, at start: Int
  ) -> Int? {
    var length = start
    while text[length - start] != 0, length < pathCapacity - 1 {
      buffer[length] = text[length - start]
      length += 1
    }
    buffer[length] = 0
    return text[length - start] == 0 ? length : nil
  }
}
