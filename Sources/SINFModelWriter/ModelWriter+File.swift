#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A model file that could not be written.
public struct FileWriteError: Error, CustomStringConvertible {
  public var path: String
  /// Such as "open".
  public var call: StaticString
  public var errorNumber: Int32

  public var description: String { "\(path): \(call): \(String(cString: strerror(errorNumber)))" }
}

extension ModelWriter {
  /// Writes the model to `path`: complete or not at all. The bytes go to a temporary name in the
  /// same folder, reach the disk, and then take the name over; a reader sees the old file or the
  /// new one.
  ///
  /// Errors: those of `bytes(for:)`, and `FileWriteError`.
  public static func write(_ model: ModelDescription, to path: String) throws {
    try publish(try bytes(for: model), to: path)
  }

  /// Writes bytes to `path` in the same way.
  public static func publish(_ bytes: [UInt8], to path: String) throws(FileWriteError) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw FileWriteError(path: temporary, call: "open", errorNumber: errno)
    }
    do throws(FileWriteError) {
      do throws(FileWriteError) {
        try writeAll(bytes, to: descriptor, temporary)
        guard fsync(descriptor) == 0 else {
          throw FileWriteError(path: temporary, call: "fsync", errorNumber: errno)
        }
      } catch {
        close(descriptor)
        throw error
      }
      guard close(descriptor) == 0 else {
        throw FileWriteError(path: temporary, call: "close", errorNumber: errno)
      }
      guard rename(temporary, path) == 0 else {
        throw FileWriteError(path: path, call: "rename", errorNumber: errno)
      }
    } catch {
      unlink(temporary)
      throw error
    }
    try syncFolder(folder)
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ path: String)
    throws(FileWriteError)
  {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes {
        #if canImport(Darwin)
          Darwin.write(descriptor, $0.baseAddress! + done, bytes.count - done)
        #elseif canImport(Musl)
          Musl.write(descriptor, $0.baseAddress! + done, bytes.count - done)
        #else
          Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done)
        #endif
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw FileWriteError(path: path, call: "write", errorNumber: errno)
      }
      done += written
    }
  }

  /// The new name is on the disk only when the folder is.
  private static func syncFolder(_ folder: String) throws(FileWriteError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileWriteError(path: folder, call: "open", errorNumber: errno)
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw FileWriteError(path: folder, call: "fsync", errorNumber: errno)
    }
  }
}
