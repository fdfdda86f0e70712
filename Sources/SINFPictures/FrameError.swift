import CImage

/// Why a picture did not become an input. Offsets count bytes from the start of its source.
public enum FrameError: Error {
  /// No byte was left in the source.
  case empty
  /// The source begins with neither a JPEG's nor a PNG's signature, or a stream has no picture.
  case unknownFormat(FirstBytes)
  /// The source ended inside the picture.
  case truncated(offset: UInt64)
  /// The picture breaks the rules of its format; a partial picture is never taken for a whole one.
  case corrupt(offset: UInt64, FrameMessage)
  /// A legal picture of a kind that isn't decoded.
  case unsupported(offset: UInt64, FrameMessage)
  /// The picture's decoding doesn't fit the decoder's memory (bytes; `needed` is an upper bound).
  case memory(needed: UInt64, available: UInt64)
  /// The picture declares more pixels than the decoder's limit.
  case pixels(found: UInt64, limit: UInt64)
  /// Reading failed with this `errno`.
  case io(Int32)
  /// The decoder can't be made: preprocessing out of range.
  case options(FrameMessage)
  /// The decoding process (`DecoderProcess`) had no answer.
  case decoder(DecoderFailure)

  /// Up to 32 first bytes of something that is no picture, and how many bytes of a stream had none
  /// in them; 0 for a file.
  public struct FirstBytes: Sendable {
    public var count: Int
    public var bytes: InlineArray<32, UInt8>
    public var gap: UInt64
  }

  /// Length of the line of text that was written into `buffer` (UTF-8, no line feed, no closing
  /// zero): what was found, what was expected, both numbers. Cut where the buffer ends; 256 bytes
  /// always suffice.
  public func describe(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    if case .decoder(let failure) = self { return failure.describe(into: buffer) }
    var error = cError
    return base.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
      cimg_error_text(&error, $0, buffer.count)
    }
  }
}

/// A short text from a decoding library, held by value.
public struct FrameMessage: Sendable {
  /// Number of bytes of text.
  public internal(set) var count: Int
  /// The text, UTF-8, `count` bytes.
  public internal(set) var bytes: InlineArray<120, UInt8>
}

extension FrameError {
  init(_ error: cimg_error) {
    switch Int(error.code) {
    case Int(CIMG_EMPTY): self = .empty
    case Int(CIMG_UNKNOWN):
      var bytes = InlineArray<32, UInt8>(repeating: 0)
      let count = Int(error.first_byte_count)
      var found = error.first_bytes
      withUnsafeBytes(of: &found) {
        for index in 0..<count { bytes[index] = $0[index] }
      }
      self = .unknownFormat(FirstBytes(count: count, bytes: bytes, gap: error.offset))
    case Int(CIMG_TRUNCATED): self = .truncated(offset: error.offset)
    case Int(CIMG_UNSUPPORTED): self = .unsupported(offset: error.offset, FrameMessage(error))
    case Int(CIMG_MEMORY): self = .memory(needed: error.needed, available: error.available)
    case Int(CIMG_PIXELS): self = .pixels(found: error.needed, limit: error.available)
    case Int(CIMG_IO): self = .io(error.system_error)
    case Int(CIMG_OPTIONS): self = .options(FrameMessage(error))
    default: self = .corrupt(offset: error.offset, FrameMessage(error))
    }
  }

  /// The C form, for its text.
  private var cError: cimg_error {
    var error = cimg_error()
    switch self {
    case .empty: error.code = Int32(CIMG_EMPTY)
    case .unknownFormat(let first):
      error.code = Int32(CIMG_UNKNOWN)
      error.first_byte_count = UInt8(first.count)
      error.offset = first.gap
      withUnsafeMutableBytes(of: &error.first_bytes) {
        for index in 0..<first.count { $0[index] = first.bytes[index] }
      }
    case .truncated(let offset):
      error.code = Int32(CIMG_TRUNCATED)
      error.offset = offset
    case .corrupt(let offset, let message):
      error.code = Int32(CIMG_CORRUPT)
      error.offset = offset
      message.copy(into: &error)
    case .unsupported(let offset, let message):
      error.code = Int32(CIMG_UNSUPPORTED)
      error.offset = offset
      message.copy(into: &error)
    case .memory(let needed, let available):
      error.code = Int32(CIMG_MEMORY)
      (error.needed, error.available) = (needed, available)
    case .pixels(let found, let limit):
      error.code = Int32(CIMG_PIXELS)
      (error.needed, error.available) = (found, limit)
    case .io(let number):
      error.code = Int32(CIMG_IO)
      error.system_error = number
    case .options(let message):
      error.code = Int32(CIMG_OPTIONS)
      message.copy(into: &error)
    case .decoder: break
    }
    return error
  }
}

extension FrameMessage {
  init(_ error: cimg_error) {
    count = Int(error.message_count)
    bytes = InlineArray(repeating: 0)
    var text = error.message
    withUnsafeBytes(of: &text) {
      for index in 0..<count { bytes[index] = $0[index] }
    }
  }

  func copy(into error: inout cimg_error) {
    error.message_count = UInt8(count)
    withUnsafeMutableBytes(of: &error.message) {
      for index in 0..<count { $0[index] = bytes[index] }
    }
  }
}
