import CZlib
import Foundation

/// Bytes of a file from its start to its end, unpacked on the way where the file is gzip (told
/// by its content, whatever its name is).
final class ByteStream {
  let path: String
  private let file: gzFile

  init(path: String) throws {
    self.path = path
    errno = 0
    guard let file = gzopen(path, "rb") else {
      throw DatasetError(path, "can't be opened: \(String(cString: strerror(errno)))")
    }
    gzbuffer(file, 1 << 18)
    self.file = file
  }

  deinit { gzclose_r(file) }

  /// Up to `count` bytes into `target`; fewer only at the end of the file.
  func read(_ count: Int, into target: UnsafeMutableRawPointer) throws -> Int {
    var done = 0
    while done < count {
      let got = gzread(file, target + done, UInt32(min(count - done, 1 << 30)))
      if got < 0 { throw failure() }
      if got == 0 {
        // A cut-off gzip file ends like a whole one, but leaves an error behind.
        var code: Int32 = 0
        _ = gzerror(file, &code)
        if code != Z_OK && code != Z_STREAM_END { throw failure() }
        break
      }
      done += Int(got)
    }
    return done
  }

  /// Exactly `count` bytes.
  func bytes(_ count: Int, for purpose: String) throws -> [UInt8] {
    let result = try upTo(count)
    guard result.count == count else {
      throw DatasetError(
        path, "ends too soon: \(purpose) needs \(count) bytes, \(result.count) are left")
    }
    return result
  }

  /// `count` bytes or what is left.
  func upTo(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
      written = count == 0 ? 0 : try read(count, into: UnsafeMutableRawPointer(buffer.baseAddress!))
    }
  }

  /// All bytes that are left.
  func rest() throws -> [UInt8] {
    var result: [UInt8] = []
    while true {
      let more = try upTo(1 << 20)
      if more.isEmpty { return result }
      result += more
    }
  }

  func skip(_ count: Int) throws {
    var left = count
    while left > 0 {
      let got = try upTo(min(left, 1 << 20)).count
      if got == 0 {
        throw DatasetError(path, "ends too soon: \(left) bytes are missing")
      }
      left -= got
    }
  }

  private func failure() -> DatasetError {
    var code: Int32 = 0
    let text = gzerror(file, &code).map { String(cString: $0) } ?? "unknown error"
    return DatasetError(path, "can't be read: \(text)")
  }
}
