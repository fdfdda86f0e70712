// The values of options, read without libc: locale and rounding mode have no say.

/// A whole number without sign; nil when the text is anything else or too large.
func parseInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
  guard text.count > 0 else { return nil }
  var value = 0
  for byte in text {
    guard byte >= 0x30, byte <= 0x39 else { return nil }
    let (product, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = product.addingReportingOverflow(Int(byte) - 0x30)
    if overflow || carry { return nil }
    value = sum
  }
  return value
}

/// A number of bytes: digits, then perhaps K, M or G (of 1024), in either case.
func parseBytes(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
  guard let last = text.last else { return nil }
  let shift: Int
  switch last | 0x20 {
  case UInt8(ascii: "k"): shift = 10
  case UInt8(ascii: "m"): shift = 20
  case UInt8(ascii: "g"): shift = 30
  default: return parseInteger(text)
  }
  guard let count = parseInteger(UnsafeBufferPointer(rebasing: text.dropLast())),
    count <= Int.max >> shift
  else { return nil }
  return count << shift
}

/// A share in 0 ... 1 in decimal notation, or up to 100 with a '%' behind it, with at most nine digits
/// in all that count.
func parseShare(_ text: UnsafeBufferPointer<UInt8>) -> Float? {
  if text.last == UInt8(ascii: "%") {
    return parseShare(UnsafeBufferPointer(rebasing: text.dropLast()), of: 100)
  }
  return parseShare(text, of: 1)
}

/// Parts of `whole`, at most all of them.
private func parseShare(_ text: UnsafeBufferPointer<UInt8>, of whole: Int64) -> Float? {
  var mantissa: Int64 = 0
  var unit: Int64 = 1
  var digits = 0
  var seenPoint = false
  for byte in text {
    if byte == UInt8(ascii: "."), !seenPoint {
      seenPoint = true
    } else if byte >= 0x30, byte <= 0x39, digits < 9 {
      digits += mantissa > 0 || seenPoint ? 1 : 0
      mantissa = mantissa * 10 + Int64(byte) - 0x30
      if seenPoint { unit *= 10 }
    } else {
      return nil
    }
  }
  guard text.count > (seenPoint ? 1 : 0), mantissa <= unit * whole else { return nil }
  return Float(Double(mantissa) / Double(unit * whole))
}

/// Seconds with at most three digits behind the point, in milliseconds; a week at most.
func parseMilliseconds(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
  var whole = text
  var fraction = 0
  for index in 0..<text.count where text[index] == UInt8(ascii: ".") {
    whole = UnsafeBufferPointer(rebasing: text[..<index])
    let digits = UnsafeBufferPointer(rebasing: text[(index + 1)...])
    guard digits.count <= 3, let value = parseInteger(digits) else { return nil }
    fraction = value
    for _ in digits.count..<3 { fraction *= 10 }
    break
  }
  guard let seconds = parseInteger(whole), seconds <= 7 * 24 * 3600 else { return nil }
  return seconds * 1000 + fraction
}
