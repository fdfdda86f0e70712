import CSystem

/// A text stream of bytes in fixed memory: what is put in leaves in blocks, at the latest with
/// `flush()`. The first failed write is kept in `error`; everything after it is thrown away, so
/// that callers look once a picture instead of once a word.
struct Output: ~Copyable {
  static let standardOutput: Int32 = 1
  static let standardError: Int32 = 2

  let descriptor: Int32
  /// While this has something to read, nobody waits any longer for a pipe's reader, nor ever for
  /// CSYS_NEVER_WAIT; -1: it is waited for.
  private let stop: Int32
  /// 0, or the errno of the first write that failed.
  private(set) var error: Int32 = 0
  private var count = 0
  private var bytes = InlineArray<4096, UInt8>(repeating: 0)
  /// Whether a comma belongs before the next name or value of a JSON text.
  var needsComma = false
  /// While set, every byte is escaped as the inside of a JSON string needs it.
  private(set) var isInJSONString = false

  init(descriptor: Int32, stop: Int32 = -1) {
    self.descriptor = descriptor
    self.stop = stop
  }

  mutating func put(byte: UInt8) {
    if isInJSONString {
      put(escaping: byte)
    } else {
      put(raw: byte)
    }
  }

  private mutating func put(raw byte: UInt8) {
    if count == bytes.count { flush() }
    bytes[count] = byte
    count += 1
  }

  mutating func beginJSONString() {
    put(raw: 0x22)
    isInJSONString = true
  }

  mutating func endJSONString() {
    isInJSONString = false
    put(raw: 0x22)
  }

  private mutating func put(escaping byte: UInt8) {
    switch byte {
    case 0x22, 0x5C:
      put(raw: 0x5C)
      put(raw: byte)
    case 0..<0x20, 0x7F:
      put(raw: 0x5C)
      put(raw: UInt8(ascii: "u"))
      put(raw: 0x30)
      put(raw: 0x30)
      put(raw: hexadecimalDigit(byte >> 4))
      put(raw: hexadecimalDigit(byte & 15))
    default: put(raw: byte)
    }
  }

  mutating func put(_ text: StaticString) {
    put(text.bytes)
  }

  /// The bytes as they are: for text that is known to be printable.
  mutating func put(_ text: UnsafeBufferPointer<UInt8>) {
    for byte in text { put(byte: byte) }
  }

  /// A C string that is known to be printable.
  mutating func put(cText text: UnsafePointer<CChar>) {
    var index = 0
    while text[index] != 0 {
      put(byte: UInt8(bitPattern: text[index]))
      index += 1
    }
  }

  mutating func put(_ byte: UInt8, times: Int) {
    var left = times
    while left > 0 {
      put(byte: byte)
      left -= 1
    }
  }

  /// What has been put and not flushed, for a text that leaves another way; at most 4096 bytes.
  func withBytes(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    bytes.span.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<count])) }
  }

  mutating func flush() {
    if error == 0, count > 0 {
      error = bytes.span.withUnsafeBufferPointer {
        stop == -1
          ? csys_write_all(descriptor, $0.baseAddress!, count)
          : csys_write_unless(descriptor, stop, $0.baseAddress!, count)
      }
    }
    count = 0
  }
}

/// The bytes of a C string without its end.
func bytes(of text: UnsafePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
  var count = 0
  while text[count] != 0 { count += 1 }
  return UnsafeBufferPointer(
    start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: count)
}

extension StaticString {
  var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
