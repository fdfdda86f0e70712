import CSystem
import SINFPictures
import SINFSystem

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
    /// A folder that could not be read, or a name too long to be reached.
    case unreadable(Errno)
    /// A folder that is not entered because it lies `depthLimit` folders deep.
    case tooDeep
  }

  /// Bytes that `init` needs.
  public static let memoryBytes = SortedNames.bytes(capacity: nameCapacity) + Path.capacity
  static let nameCapacity = 512
  /// Folders within folders, the first included.
  public static let depthLimit = 64

  private var names: SortedNames
  private var nextName = 0
  private var whole: Path
  /// Length of each entered folder's path, the outermost first.
  private var folderLengths = InlineArray<64, Int>(repeating: 0)
  private var depth = 0
  private let isRecursive: Bool
  /// Names too long for the table, still to be reported.
  private var unlistable = 0

  /// The path of the entry that `next()` returned last; valid until it is called again.
  public var path: UnsafePointer<CChar> { whole.text }

  /// To be reported before anything else.
  private var pending: Errno?

  /// Begins with the entries of `folder`. `memory`: `memoryBytes`, 8-byte aligned, outliving this.
  public init(
    _ folder: UnsafePointer<CChar>, isRecursive: Bool, memory: UnsafeMutableRawPointer
  ) {
    names = SortedNames(memory: memory, capacity: FolderWalk.nameCapacity)
    whole = Path(memory: memory + SortedNames.bytes(capacity: FolderWalk.nameCapacity))
    self.isRecursive = isRecursive
    guard whole.set(folder), whole.count > 0 else {
      pending = .pathTooLong
      return
    }
    // "photos/" gives the same paths as "photos"; "/" stays what it is.
    while whole.count > 1, whole.text[whole.count - 1] == 0x2F { whole.cut(to: whole.count - 1) }
    enter()
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
        whole.cut(to: folderLength)
        return .unreadable(.pathTooLong)
      }
      if nextName < names.count {
        nextName += 1
        if let entry = look(at: names[nextName - 1]) { return entry }
      } else if names.isTruncated {
        fill(after: names[names.count - 1])
      } else {
        // Whatever the path's last component was, it becomes the folder that is left here.
        whole.cut(to: folderLength)
        depth -= 1
        if depth > 0 { fill(after: whole.lastComponent) }
      }
    }
  }

  private var folderLength: Int { folderLengths[depth - 1] }

  /// What the name stands for; nil for a folder that was entered.
  private mutating func look(at name: UnsafePointer<CChar>) -> Entry? {
    whole.cut(to: folderLength)
    guard whole.join(name) else { return .unreadable(.pathTooLong) }
    if name[0] == 0x2E { return .other }
    let number = csys_file_kind(path)
    let kind = number < 0 ? nil : FileKind(number)
    if kind == .directory {
      guard isRecursive, csys_is_link(path) == 0 else { return .folder }
      guard depth < FolderWalk.depthLimit else { return .tooDeep }
      enter()
      return nil
    }
    if PictureRule.accepts(name: name) { return .picture }
    return kind == .regular && PictureRule.acceptsContent(path: path) ? .picture : .other
  }

  private mutating func enter() {
    folderLengths[depth] = whole.count
    depth += 1
    fill(after: nil)
  }

  /// Reads the folder for its first names, or for those that follow this one.
  private mutating func fill(after name: UnsafePointer<CChar>?) {
    // The name lies in the path or the table, which both change.
    var last = InlineArray<256, CChar>(repeating: 0)
    if let name { FolderWalk.copy(name, to: &last) }
    names.removeAll()
    nextName = 0
    whole.cut(to: folderLength)
    var folder = FolderListing()
    defer { folder.close() }
    do throws(Errno) {
      try folder.open(path)
      while let next = try folder.next() {
        guard name == nil || FolderWalk.precedes(&last, next) else { continue }
        if !names.offer(next), name == nil { unlistable += 1 }
      }
    } catch {
      // What was read before the error is still gone through.
      pending = error
    }
  }

  private static func copy(
    _ name: UnsafePointer<CChar>, to last: inout InlineArray<256, CChar>
  ) {
    var index = 0
    while name[index] != 0, index < 255 {
      last[index] = name[index]
      index += 1
    }
  }

  private static func precedes(
    _ last: inout InlineArray<256, CChar>, _ name: UnsafePointer<CChar>
  ) -> Bool {
    var span = last.mutableSpan
    return span.withUnsafeMutableBufferPointer {
      SINFWatch.precedes(UnsafePointer($0.baseAddress!), name)
    }
  }
}
