/// A record under examination: reads its fields and words the refusal.
struct RecordCheck {
  let file: FileBytes
  let section: SectionKind
  let index: Int
  /// The record's first byte in the file.
  let at: Int

  func u8(_ field: Int) -> Int64 { Int64(file.u8(at + field)) }
  func u16(_ field: Int) -> Int64 { Int64(file.u16(at + field)) }
  func u32(_ field: Int) -> Int64 { Int64(file.u32(at + field)) }
  func f32(_ field: Int) -> Float { file.f32(at + field) }

  /// Throws unless `holds`. `found` is what the field says (a float as its bits).
  func require(
    _ holds: Bool, _ field: Int, _ found: Int64, _ rule: StaticString, _ limit: Int64? = nil
  ) throws(ModelError) {
    guard holds else {
      throw ModelError(section, index, offset: Int64(at + field), found: found, rule, limit: limit)
    }
  }

  /// Throws unless the byte, 16-bit or 32-bit field is in the range.
  func require(
    _ value: Int64, _ field: Int, in range: ClosedRange<Int64>, _ least: StaticString,
    _ most: StaticString
  ) throws(ModelError) {
    try require(value >= range.lowerBound, field, value, least, range.lowerBound)
    try require(value <= range.upperBound, field, value, most, range.upperBound)
  }

  /// The product of two numbers of the file, neither negative, after checking that it is at most
  /// `limit`. Whatever is multiplied of a file's fields, here or later by who trusts the file, is
  /// multiplied here first; what doesn't fit 64 bits counts as 2^63 - 1.
  func product(
    _ a: Int64, _ b: Int64, atMost limit: Int64, _ field: Int, _ rule: StaticString
  ) throws(ModelError) -> Int64 {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    let found = overflow ? Int64.max : product
    try require(found <= limit, field, found, rule, limit)
    return found
  }

  /// Throws unless `count` bytes are zero.
  func requireZero(_ field: Int, count: Int) throws(ModelError) {
    var offset = field
    while offset < field + count {
      try require(u8(offset) == 0, offset, u8(offset), "a byte without use is zero")
      offset += 1
    }
  }

  /// Throws unless the float is a factor or scale that every machine multiplies alike: products
  /// with 32-bit sums stay finite and normal (ARMv7 NEON flushes denormal numbers to zero).
  func requireFactor(_ field: Int, _ rule: StaticString) throws(ModelError) {
    let value = f32(field)
    try require(isFactor(value), field, u32(field), rule)
  }
}

/// Whether a float is in 2^-64 ... 2^32.
func isFactor(_ value: Float) -> Bool {
  value >= 0x1p-64 && value <= 0x1p32
}
