// Numbers as text, made from integers only: the same digits on every machine.

extension Output {
  mutating func put(_ value: Int) { put(Int64(value)) }

  /// All 64 bits of it on every machine.
  mutating func put(_ value: Int64) {
    if value < 0 { put("-") }
    put(digits: value.magnitude)
  }

  mutating func put(_ value: UInt64) {
    put(digits: value)
  }

  /// Right-aligned in `width` columns.
  mutating func put(_ value: Int, width: Int) {
    put(0x20, times: width - digitCount(UInt64(value.magnitude)) - (value < 0 ? 1 : 0))
    put(value)
  }

  /// `value` of 1 / 10^decimals: (12345, 3) is 12.345. Right-aligned in `width` columns.
  mutating func put(_ value: UInt64, decimals: Int, width: Int = 0) {
    var unit: UInt64 = 1
    for _ in 0..<decimals { unit *= 10 }
    let whole = value / unit
    let fraction = value % unit
    put(0x20, times: width - digitCount(whole) - decimals - (decimals > 0 ? 1 : 0))
    put(digits: whole)
    guard decimals > 0 else { return }
    put(".")
    put(0x30, times: decimals - digitCount(fraction))
    put(digits: fraction)
  }

  /// A share in 0 ... 1 with six decimals, as JSON and CSV have it.
  mutating func put(share: Float) {
    put(scaled(share, by: 1_000_000), decimals: 6)
  }

  /// A share in 0 ... 1 as "97.3 %", right-aligned in 7 columns.
  mutating func put(percent share: Float) {
    put(scaled(share, by: 1000), decimals: 1, width: 5)
    put(" %")
  }

  /// "12.34 ms", the number right-aligned in `width` columns.
  mutating func put(milliseconds nanoseconds: UInt64, width: Int = 0) {
    put((nanoseconds + 5000) / 10_000, decimals: 2, width: width)
    put(" ms")
  }

  /// A number of bytes for people, in units of 1024: "812", "13.9 K", "1.2 M"; right-aligned in
  /// `width` columns.
  mutating func put(bytes count: Int, width: Int = 0) {
    if count < 10_000 {
      put(count, width: max(width - 2, 0))
      put(" B")
    } else if count < 10 << 20 {
      put((UInt64(count) * 10 + 512) >> 10, decimals: 1, width: max(width - 2, 0))
      put(" K")
    } else {
      put((UInt64(count) * 10 + (1 << 19)) >> 20, decimals: 1, width: max(width - 2, 0))
      put(" M")
    }
  }

  /// A number of operations for people: "812", "13.9 k", "313.2 M", "1.3 G"; units of 1000.
  mutating func put(operations count: UInt64, width: Int = 0) {
    if count < 10_000 {
      put(count, decimals: 0, width: max(width - 2, 0))
      put("  ")
    } else if count < 10_000_000 {
      put((count + 50) / 100, decimals: 1, width: max(width - 2, 0))
      put(" k")
    } else if count < 10_000_000_000 {
      put((count + 50_000) / 100_000, decimals: 1, width: max(width - 2, 0))
      put(" M")
    } else {
      put(count / 100_000_000, decimals: 1, width: max(width - 2, 0))
      put(" G")
    }
  }

  /// A number >= 0 with six decimals; what is not a number or too large counts as 0 or the limit.
  mutating func put(positive value: Float) {
    put(value > 0 ? UInt64(Double(min(value, 1e9)) * 1_000_000 + 0.5) : 0, decimals: 6)
  }

  /// Two hexadecimal digits.
  mutating func put(hexadecimal byte: UInt8) {
    put(byte: hexadecimalDigit(byte >> 4))
    put(byte: hexadecimalDigit(byte & 15))
  }

  private mutating func put(digits value: UInt64) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var start = 20
    var rest = value
    repeat {
      start -= 1
      digits[start] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    for index in start..<20 { put(byte: digits[index]) }
  }
}

func digitCount(_ value: UInt64) -> Int {
  var count = 1
  var rest = value / 10
  while rest > 0 {
    count += 1
    rest /= 10
  }
  return count
}

/// `share * factor` to the nearest integer. A share outside 0 ... 1 counts as the nearer end, and
/// what is not a number as 0.
func scaled(_ share: Float, by factor: Double) -> UInt64 {
  guard share > 0 else { return 0 }
  return UInt64(Double(min(share, 1)) * factor + 0.5)
}

func hexadecimalDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? 0x30 + value : 0x61 + value - 10
}
