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

  /// Throws unless `count` bytes are zero.
  func requireZero(_ field: Int, count: Int) throws(ModelError) {
    var offset = field
    while offset < field + count {
      try require(u8(offset) == 0, offset, u8(offset), "a byte without use is zero")
      offset += 1
    }
  }

  /// Throws unless the float is finite and above zero.
  func requirePositive(_ field: Int, _ rule: StaticString) throws(ModelError) {
    let value = f32(field)
    try require(value.isFinite && value > 0, field, u32(field), rule)
  }
}
