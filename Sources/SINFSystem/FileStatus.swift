import CSystem

/// What a name stands for.
public enum FileKind: Sendable {
  case regular, directory, fifo, characterDevice, blockDevice, socket
  /// A link, where links are not followed, and what the system may invent.
  case other

  /// - Parameter number: a csys_file_kind.
  public init(_ number: Int32) {
    switch UInt32(bitPattern: number) {
    case CSYS_FILE_REGULAR.rawValue: self = .regular
    case CSYS_FILE_DIRECTORY.rawValue: self = .directory
    case CSYS_FILE_FIFO.rawValue: self = .fifo
    case CSYS_FILE_CHARACTER_DEVICE.rawValue: self = .characterDevice
    case CSYS_FILE_BLOCK_DEVICE.rawValue: self = .blockDevice
    case CSYS_FILE_SOCKET.rawValue: self = .socket
    default: self = .other
    }
  }
}

/// What stands under a name, links not followed.
public struct FileStatus: Sendable {
  public var kind = FileKind.regular
  public var device: UInt64 = 0
  public var inode: UInt64 = 0
  public var bytes: UInt64 = 0
  /// Since 1970.
  public var modifiedNanoseconds: Int64 = 0
  /// When anything about the file was changed last; nobody can set it back.
  public var changedNanoseconds: Int64 = 0

  public init() {}

  public init(_ status: csys_status) {
    kind = FileKind(status.kind)
    device = status.device
    inode = status.inode
    bytes = status.bytes
    modifiedNanoseconds = status.modified_nanoseconds
    changedNanoseconds = status.changed_nanoseconds
  }

  /// Whether both are the same file, whatever its content.
  public func isSamePlace(as other: FileStatus) -> Bool {
    device == other.device && inode == other.inode
  }

  /// Whether both are the same file with the same content, as far as its size and its time of
  /// modification tell.
  public func isSameContent(as other: FileStatus) -> Bool {
    inode == other.inode && bytes == other.bytes
      && modifiedNanoseconds == other.modifiedNanoseconds
  }
}

extension FileStatus {
  /// Of what the path names.
  public init(at path: UnsafePointer<CChar>) throws(Errno) {
    var status = csys_status()
    try Errno.check(csys_look(path, &status))
    self.init(status)
  }

  /// Of an open file.
  public init(of descriptor: Int32) throws(Errno) {
    var status = csys_status()
    try Errno.check(csys_look_at(descriptor, &status))
    self.init(status)
  }

  /// Of what stands at a path below an open folder, no part of which may be a link.
  public init(_ path: UnsafePointer<CChar>, in folder: Int32) throws(Errno) {
    var status = csys_status()
    try Errno.check(csys_folder_look(folder, path, &status))
    self.init(status)
  }
}
