import CSystem
import SINFPictures
import SINFWatch

/// Why one input was not classified.
enum Failure: Error {
  /// The path names something that is not a regular file: a csys_file_kind.
  case notAFile(Int32)
  /// It cannot be looked at or opened; an errno.
  case system(Int32)
  /// A folder in more folders than the walk can follow.
  case tooDeep
  case frame(FrameError)
  /// The program ended so many times while it was at this frame of a watched folder.
  case fatal(attempts: Int)

  /// A word for programs; stable.
  var name: StaticString {
    switch self {
    case .notAFile: "not_a_file"
    case .system, .tooDeep: "io"
    case .fatal: "fatal"
    case .frame(let error):
      switch error {
      case .empty: "empty"
      case .unknownFormat: "unknown_format"
      case .truncated: "truncated"
      case .corrupt: "corrupt"
      case .unsupported: "unsupported"
      case .memory: "memory"
      case .pixels: "pixels"
      case .io: "io"
      case .options: "options"
      case .decoder(.crashed): "decoder_crashed"
      case .decoder(.timedOut): "decoder_timeout"
      case .decoder(.invalid): "decoder_invalid"
      case .decoder(.unavailable): "decoder_unavailable"
      }
    }
  }
}

extension Output {
  mutating func put(_ failure: Failure) {
    switch failure {
    case .notAFile(let kind):
      put(fileKind: kind)
      put(" is not read; only regular files, folders and '-' are")
    case .system(let number): put(system: number)
    case .tooDeep:
      put("not entered: folders are followed ")
      put(FolderWalk.depthLimit)
      put(" deep")
    case .frame(let error): put(error)
    case .fatal(let attempts):
      put("the program ended ")
      put(attempts)
      put(" times while it was at this frame")
    }
  }

  mutating func put(fileKind: Int32) {
    switch UInt32(bitPattern: fileKind) {
    case CSYS_FILE_FIFO.rawValue: put("a FIFO")
    case CSYS_FILE_CHARACTER_DEVICE.rawValue, CSYS_FILE_BLOCK_DEVICE.rawValue: put("a device")
    case CSYS_FILE_SOCKET.rawValue: put("a socket")
    default: put("a special file")
    }
  }
}
