import CSystem

/// One pass over a folder's names in the order in which the file system has them, "." and ".." left
/// out. Some 4 KB, which live where the caller puts them.
public struct FolderListing {
  private var raw = csys_directory()

  public init() { raw.descriptor = -1 }

  /// The open folder's descriptor; -1 for none.
  public var descriptor: Int32 { raw.descriptor }

  /// Begins with a folder that was opened for reading, and owns it from now on.
  public mutating func begin(_ folder: Int32) { csys_directory_begin(&raw, folder) }

  /// Opens the folder.
  public mutating func open(_ path: UnsafePointer<CChar>) throws(Errno) {
    try Errno.check(csys_directory_open(&raw, path))
  }

  /// The next name, valid until the next call; nil at the end.
  public mutating func next() throws(Errno) -> UnsafePointer<CChar>? {
    var error: Int32 = 0
    let name = csys_directory_next(&raw, &error)
    try Errno.check(error)
    return name
  }

  public mutating func close() { csys_directory_close(&raw) }
}
