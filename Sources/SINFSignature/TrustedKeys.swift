import CSystem

/// The public keys of a file, in memory of a fixed size: any of them may have signed a model.
///
/// The file is text, one key a line: "sinf-public-key-1", a space, 64 hexadecimal digits, and after
/// another space whatever helps people. Empty lines and those that begin with "#" say nothing.
public struct TrustedKeys {
  public static let limit = 16
  /// Bytes that the file may have.
  public static let fileLimit = 8 << 10
  public static let word: StaticString = "sinf-public-key-1"

  public private(set) var count = 0
  private var keys = InlineArray<16, PublicKey>(repeating: PublicKey())

  /// - Parameter path: Of the file, NUL-terminated.
  public init(path: UnsafePointer<CChar>) throws(KeyFileError) {
    var bytes = InlineArray<8193, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    var failure: KeyFileError?
    span.withUnsafeMutableBufferPointer { buffer in
      let size = csys_first_bytes(path, buffer.baseAddress.unsafelyUnwrapped, Int32(buffer.count))
      guard size >= 0 else {
        failure = .unreadable(-size)
        return
      }
      guard Int(size) <= TrustedKeys.fileLimit else {
        failure = .tooLong
        return
      }
      do throws(KeyFileError) {
        try read(UnsafeBufferPointer(rebasing: buffer[..<Int(size)]))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// The keys of the text of a file.
  public init(text: UnsafeBufferPointer<UInt8>) throws(KeyFileError) {
    try read(text)
  }

  public subscript(index: Int) -> PublicKey { keys[index] }

  public func contains(_ key: PublicKey) -> Bool {
    for index in 0..<count where keys[index] == key { return true }
    return false
  }

  private mutating func read(_ text: UnsafeBufferPointer<UInt8>) throws(KeyFileError) {
    var line = 0
    var start = 0
    while start < text.count {
      line += 1
      var end = start
      while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
      try read(line: UnsafeBufferPointer(rebasing: text[start..<end]), line)
      start = end + 1
    }
    guard count > 0 else { throw .noKey }
  }

  private mutating func read(
    line text: UnsafeBufferPointer<UInt8>, _ number: Int
  ) throws(KeyFileError) {
    var text = text
    // Editors of another system.
    if text.last == UInt8(ascii: "\r") { text = UnsafeBufferPointer(rebasing: text.dropLast()) }
    guard let first = text.first, first != UInt8(ascii: "#") else { return }
    let word = TrustedKeys.word
    let start = word.utf8CodeUnitCount + 1
    guard text.count >= start, text[start - 1] == UInt8(ascii: " ") else {
      throw .noPublicKey(line: number)
    }
    for index in 0..<word.utf8CodeUnitCount where text[index] != word.utf8Start[index] {
      throw .noPublicKey(line: number)
    }
    let end = start + 64
    guard text.count == end || (text.count > end && text[end] == UInt8(ascii: " ")),
      let key = PublicKey(hexadecimal: UnsafeBufferPointer(rebasing: text[start..<end]))
    else { throw .noDigits(line: number) }
    guard count < TrustedKeys.limit else { throw .tooMany }
    keys[count] = key
    count += 1
  }
}

/// Why a file of keys is not usable.
public enum KeyFileError: Error, Equatable {
  /// An errno.
  case unreadable(Int32)
  case tooLong
  /// A line is no public key.
  case noPublicKey(line: Int)
  /// A line's key does not have 64 hexadecimal digits.
  case noDigits(line: Int)
  case tooMany
  case noKey
}
