import CSystem

/// Little-endian loads from a mapped file, at any alignment. Callers have checked the range.
struct FileBytes {
  let base: UnsafeRawPointer
  let count: Int
  /// Whether `drop` does something: the bytes are a file's mapping and whoever made it agrees.
  let dropsPages: Bool

  func u8(_ offset: Int) -> UInt8 {
    base.load(fromByteOffset: offset, as: UInt8.self)
  }

  func u16(_ offset: Int) -> UInt16 {
    UInt16(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  func u32(_ offset: Int) -> UInt32 {
    UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  func u64(_ offset: Int) -> UInt64 {
    UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  func f32(_ offset: Int) -> Float {
    Float(bitPattern: u32(offset))
  }

  /// A 16-bit field as an index.
  func short(_ offset: Int) -> Int { Int(u16(offset)) }

  /// A 32-bit field that validation has bounded by the file's or the arena's size, both of which
  /// fit 31 bits, so that this is safe where `Int` has 32.
  func word(_ offset: Int) -> Int { Int(truncatingIfNeeded: u32(offset)) }

  func bytes(_ offset: Int, count: Int) -> UnsafeBufferPointer<UInt8> {
    elements(offset, count: count, as: UInt8.self)
  }

  /// `count` elements at `offset`, which is a multiple of their alignment. Targets are all
  /// little-endian, so that arrays are used in place.
  func elements<Element: BitwiseCopyable>(
    _ offset: Int, count: Int, as type: Element.Type
  ) -> UnsafeBufferPointer<Element> {
    UnsafeBufferPointer(
      start: (base + offset).assumingMemoryBound(to: Element.self), count: count)
  }

  /// CRC-32 of a range, dropped window by window.
  func checksum(_ offset: Int, count: Int) -> UInt32 {
    let window = 1 << 18
    var sum: UInt32 = 0
    var done = 0
    while done < count {
      let next = min(window, count - done)
      sum = csys_crc32(sum, base + (offset + done), next)
      drop(offset + done, count: next)
      done += next
    }
    return sum
  }

  /// Takes a range that has been checked out of resident memory; its whole pages, that is.
  func drop(_ offset: Int, count: Int) {
    if dropsPages { csys_drop_pages(base + offset, count) }
  }
}
