/// Position of the first byte that does not belong to well-formed UTF-8 without control
/// characters, nil when all is well. Control characters are refused because names end up in
/// terminals and logs. Source: Unicode 15, table 3-7.
func firstBadByte(ofText bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  var i = 0
  while i < bytes.count {
    let lead = bytes[i]
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    let follow: Int
    switch lead {
    case 0x20...0x7E: follow = 0
    case 0xC2...0xDF:
      follow = 1
      if lead == 0xC2 { low = 0xA0 }  // U+0080 ... U+009F are controls
    case 0xE0...0xEF:
      follow = 2
      if lead == 0xE0 { low = 0xA0 }  // overlong
      if lead == 0xED { high = 0x9F }  // surrogates
    case 0xF0...0xF4:
      follow = 3
      if lead == 0xF0 { low = 0x90 }  // overlong
      if lead == 0xF4 { high = 0x8F }  // above U+10FFFF
    default: return i
    }
    guard follow < bytes.count - i else { return i }
    var k = 1
    while k <= follow {
      guard bytes[i + k] >= low, bytes[i + k] <= high else { return i }
      low = 0x80
      high = 0xBF
      k += 1
    }
    i += follow + 1
  }
  return nil
}
