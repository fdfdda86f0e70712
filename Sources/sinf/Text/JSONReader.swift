/// Why a text is not the JSON that was expected.
struct JSONError: Error {
  /// From 1.
  let line: Int
  /// Completes the sentence "expected ...".
  let expected: StaticString
}

/// Reads JSON (RFC 8259) value by value, in place, without memory of its own. For reports that this
/// program has written: strings stay as they stand, escapes included, and numbers are without sign
/// and exponent. Any bytes may be given.
struct JSONReader {
  private let text: UnsafeBufferPointer<UInt8>
  private var at = 0
  /// Whether nothing of the innermost object or array has been read yet.
  private var isFirst = true

  /// Objects and arrays in each other that are passed over.
  private static let depthLimit = 32

  init(_ text: UnsafeBufferPointer<UInt8>) {
    self.text = text
  }

  mutating func beginObject() throws(JSONError) {
    try take(UInt8(ascii: "{"), "an object")
    isFirst = true
  }

  /// The next key of the object begun last, as it stands; nil behind the last, and the object has
  /// ended. Its value must be read next.
  mutating func key() throws(JSONError) -> UnsafeBufferPointer<UInt8>? {
    skipBlanks()
    if peek() == UInt8(ascii: "}") {
      at += 1
      isFirst = false
      return nil
    }
    if !isFirst { try take(UInt8(ascii: ","), "',' or '}'") }
    isFirst = false
    let key = try string()
    try take(UInt8(ascii: ":"), "':'")
    return key
  }

  /// A string without its quotes.
  mutating func string() throws(JSONError) -> UnsafeBufferPointer<UInt8> {
    try take(UInt8(ascii: "\""), "a string")
    let start = at
    while let byte = peek() {
      guard byte >= 0x20 else { break }
      at += 1
      if byte == UInt8(ascii: "\"") {
        return UnsafeBufferPointer(rebasing: text[start..<at - 1])
      }
      if byte == UInt8(ascii: "\\"), peek() != nil { at += 1 }
    }
    throw error("the end of a string")
  }

  /// A number; nil for null.
  mutating func number() throws(JSONError) -> Double? {
    skipBlanks()
    if try takesWord("null") { return nil }
    guard let first = peek(), isDigit(first) else { throw error("a number or null") }
    var value = 0.0
    while let byte = peek(), isDigit(byte) {
      value = value * 10 + Double(byte - 0x30)
      at += 1
    }
    guard peek() == UInt8(ascii: ".") else { return value }
    at += 1
    guard let digit = peek(), isDigit(digit) else { throw error("a digit behind the point") }
    var unit = 1.0
    while let byte = peek(), isDigit(byte) {
      unit /= 10
      value += Double(byte - 0x30) * unit
      at += 1
    }
    return value
  }

  /// Whether null stands here, which is then read.
  mutating func isNull() throws(JSONError) -> Bool {
    skipBlanks()
    return try takesWord("null")
  }

  /// Passes over a value of any kind.
  mutating func skip() throws(JSONError) { try skip(depth: 0) }

  private mutating func skip(depth: Int) throws(JSONError) {
    skipBlanks()
    guard depth < JSONReader.depthLimit else { throw error("less nesting") }
    switch peek() {
    case UInt8(ascii: "{"):
      try beginObject()
      while try key() != nil { try skip(depth: depth + 1) }
    case UInt8(ascii: "["):
      at += 1
      skipBlanks()
      if peek() == UInt8(ascii: "]") {
        at += 1
        return
      }
      try skip(depth: depth + 1)
      skipBlanks()
      while peek() == UInt8(ascii: ",") {
        at += 1
        try skip(depth: depth + 1)
        skipBlanks()
      }
      try take(UInt8(ascii: "]"), "',' or ']'")
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): _ = try takesWord("true")
    case UInt8(ascii: "f"): _ = try takesWord("false")
    case UInt8(ascii: "-"):
      at += 1
      _ = try number()
    default: _ = try number()
    }
  }

  /// Nothing but blanks is left.
  mutating func end() throws(JSONError) {
    skipBlanks()
    if at < text.count { throw error("the end of the file") }
  }

  func error(_ expected: StaticString) -> JSONError {
    var line = 1
    for index in 0..<min(at, text.count) where text[index] == 0x0A { line += 1 }
    return JSONError(line: line, expected: expected)
  }

  private func peek() -> UInt8? { at < text.count ? text[at] : nil }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private mutating func skipBlanks() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      at += 1
    }
  }

  private mutating func take(_ byte: UInt8, _ expected: StaticString) throws(JSONError) {
    skipBlanks()
    guard peek() == byte else { throw error(expected) }
    at += 1
  }

  /// Whether the word's first letter stands here; the rest of it must follow.
  private mutating func takesWord(_ word: StaticString) throws(JSONError) -> Bool {
    let letters = word.bytes
    guard peek() == letters[0] else { return false }
    for letter in letters {
      guard peek() == letter else { throw error(word) }
      at += 1
    }
    return true
  }
}
