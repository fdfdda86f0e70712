/// Bytes of a file from its start to its end, unpacked on the way where the file is packed (told
/// by its content, whatever its name is).
final class ByteStream {
  let path: String
  private let reader: ArchiveReader
  private let isEmpty: Bool

  init(path: String) throws {
    self.path = path
    reader = try ArchiveReader(path: path, form: .bytes)
    isEmpty = try reader.next() == nil
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
  func upTo(_ count: Int) throws -> [UInt8] { isEmpty ? [] : try reader.upTo(count) }

  /// All bytes that are left.
  func rest() throws -> [UInt8] { isEmpty ? [] : try reader.contents() }
}
