// File names are any bytes but zero and "/": what they do to a terminal, a line of JSON or a table
// is decided here.

extension Output {
  /// For people: valid UTF-8 as it is, control characters and stray bytes as \xHH, so that a name
  /// can neither break the line nor talk to the terminal.
  mutating func put(printable text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while index < text.count {
      let length = utf8Length(in: text, at: index)
      let isControl =
        text[index] < 0x20 || text[index] == 0x7F
        || (length == 2 && text[index] == 0xC2 && text[index + 1] < 0xA0)
      if length == 0 || isControl {
        for _ in 0..<max(length, 1) {
          put("\\x")
          put(hexadecimal: text[index])
          index += 1
        }
      } else {
        for _ in 0..<length {
          put(byte: text[index])
          index += 1
        }
      }
    }
  }

  /// A file's path for people; an empty one as ''.
  mutating func put(path: UnsafeBufferPointer<UInt8>) {
    if path.count == 0 {
      put("''")
    } else {
      put(printable: path)
    }
  }

  /// Valid UTF-8 as it is; stray bytes become U+FFFD.
  mutating func put(utf8 text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while index < text.count {
      let length = utf8Length(in: text, at: index)
      if length == 0 { put("\u{FFFD}") }
      for offset in 0..<length { put(byte: text[index + offset]) }
      index += max(length, 1)
    }
  }

  /// A CSV field (RFC 4180): in quotes when it holds a comma, a quote or a line's end. Bytes stay
  /// what they are.
  mutating func put(csv text: UnsafeBufferPointer<UInt8>) {
    var needsQuotes = false
    for byte in text where byte == 0x2C || byte == 0x22 || byte == 0x0A || byte == 0x0D {
      needsQuotes = true
    }
    guard needsQuotes else { return put(text) }
    put("\"")
    for byte in text {
      if byte == 0x22 { put("\"") }
      put(byte: byte)
    }
    put("\"")
  }
}

/// The length of the UTF-8 sequence that starts at `index` (RFC 3629: no overlong forms, no
/// surrogates, nothing past U+10FFFF), or 0 when there is none.
func utf8Length(in text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
  let first = text[index]
  var lowest: UInt8 = 0x80
  var highest: UInt8 = 0xBF
  let length: Int
  switch first {
  case 0..<0x80: return 1
  case 0xC2...0xDF: length = 2
  case 0xE0...0xEF:
    length = 3
    if first == 0xE0 { lowest = 0xA0 }
    if first == 0xED { highest = 0x9F }
  case 0xF0...0xF4:
    length = 4
    if first == 0xF0 { lowest = 0x90 }
    if first == 0xF4 { highest = 0x8F }
  default: return 0
  }
  guard index + length <= text.count, text[index + 1] >= lowest, text[index + 1] <= highest else {
    return 0
  }
  for next in 2..<max(length, 2) where text[index + next] & 0xC0 != 0x80 { return 0 }
  return length
}

func isUTF8(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
  var index = 0
  while index < text.count {
    let length = utf8Length(in: text, at: index)
    if length == 0 { return false }
    index += length
  }
  return true
}

/// How many columns the text takes on a terminal, were every character one column wide.
func columns(_ text: UnsafeBufferPointer<UInt8>) -> Int {
  var count = 0
  for byte in text where byte & 0xC0 != 0x80 { count += 1 }
  return count
}
