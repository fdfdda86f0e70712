import CSystem

/// A configuration file: the plain part of TOML (toml.io, version 1.0), one `key = value` a line, read
/// into memory of a fixed size.
///
/// Keys are bare. Values are "strings" with the escapes \" \\ \n \t, 'literal strings', numbers,
/// true, false, and arrays of strings on one line. Whatever else TOML has is refused by name, so that
/// every file that is accepted means the same to any other reader of TOML.
struct ConfigFile {
  enum Value {
    /// A string or number as a word of the command line would give it.
    case word(UnsafePointer<CChar>)
    case flag(Bool)
    /// The value is an array: `nextElement` gives its strings.
    case array
  }

  /// Bytes that a file may have.
  static let limit = 16 << 10

  /// 1 for the first.
  private(set) var line = 0
  /// The key of the line read last: letters, digits, `-`; an underscore has become `-`.
  private(set) var key = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  private let bytes: UnsafeMutablePointer<UInt8>
  /// Words with their closing zeros, one behind the other: at most one byte more each than in the file.
  private var words: UnsafeMutablePointer<UInt8>
  private let count: Int
  private var at = 0

  /// The file's content; it stays in memory as long as the process, because words point into it.
  init(path: UnsafePointer<CChar>) throws(ConfigError) {
    guard let memory = csys_map_anonymous(3 * ConfigFile.limit + 2) else {
      throw .unreadable(csys_no_space())
    }
    bytes = memory.bindMemory(to: UInt8.self, capacity: 3 * ConfigFile.limit + 2)
    words = bytes + ConfigFile.limit + 1
    let count = csys_first_bytes(path, bytes, Int32(ConfigFile.limit + 1))
    guard count >= 0 else { throw .unreadable(-count) }
    guard count <= Int32(ConfigFile.limit) else { throw .tooLong }
    self.count = Int(count)
    for index in 0..<self.count where bytes[index] == 0 {
      throw .syntax(line: lineNumber(of: index), "a text file has no zero bytes")
    }
  }

  /// The next key with its value; nil at the end.
  mutating func next() throws(ConfigError) -> Value? {
    while at < count {
      line += 1
      skipBlanks()
      if isAtLineEnd {
        try endLine()
        continue
      }
      try readKey()
      skipBlanks()
      guard take("=") else { throw .syntax(line: line, "behind a key stands '='") }
      skipBlanks()
      if take("[") { return .array }
      let value = try readValue()
      try endLine()
      return value
    }
    return nil
  }

  /// The next string of the array that `next` announced; nil at its end.
  mutating func nextElement() throws(ConfigError) -> UnsafePointer<CChar>? {
    skipBlanks()
    if take("]") {
      try endLine()
      return nil
    }
    guard at < count, bytes[at] == quote || bytes[at] == apostrophe else {
      throw .syntax(line: line, "an array holds strings and ends on its line")
    }
    let word = try readString()
    skipBlanks()
    if !take(","), at >= count || bytes[at] != UInt8(ascii: "]") {
      throw .syntax(line: line, "an array's strings are separated by ',' and end with ']'")
    }
    return word
  }

  private var quote: UInt8 { UInt8(ascii: "\"") }
  private var apostrophe: UInt8 { UInt8(ascii: "'") }
  private var isAtLineEnd: Bool {
    at >= count || bytes[at] == 0x0A || bytes[at] == UInt8(ascii: "#")
  }

  private func lineNumber(of index: Int) -> Int {
    var number = 1
    for before in 0..<index where bytes[before] == 0x0A { number += 1 }
    return number
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard at < count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func skipBlanks() {
    while at < count, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0D { at += 1 }
  }

  /// Nothing but a comment may follow.
  private mutating func endLine() throws(ConfigError) {
    skipBlanks()
    guard isAtLineEnd else {
      throw .syntax(line: line, "behind a value the line ends, or a comment begins with '#'")
    }
    while at < count, bytes[at] != 0x0A { at += 1 }
    at += 1
  }

  private mutating func readKey() throws(ConfigError) {
    if bytes[at] == UInt8(ascii: "[") {
      throw .syntax(line: line, "there are no tables: keys stand alone")
    }
    if bytes[at] == quote || bytes[at] == apostrophe {
      throw .syntax(line: line, "keys stand without quotes")
    }
    let start = at
    while at < count, isBare(bytes[at]) {
      if bytes[at] == UInt8(ascii: "_") { bytes[at] = UInt8(ascii: "-") }
      at += 1
    }
    guard at > start else {
      throw .syntax(line: line, "a line is empty, a comment, or 'key = value'")
    }
    if at < count, bytes[at] == UInt8(ascii: ".") {
      throw .syntax(line: line, "there are no tables: keys have no dots")
    }
    key = UnsafeBufferPointer(start: bytes + start, count: at - start)
  }

  private func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
    default: false
    }
  }

  private mutating func readValue() throws(ConfigError) -> Value {
    guard !isAtLineEnd else { throw .syntax(line: line, "a key has a value") }
    if bytes[at] == quote || bytes[at] == apostrophe { return .word(try readString()) }
    if bytes[at] == UInt8(ascii: "{") {
      throw .syntax(line: line, "there are no inline tables")
    }
    return try readBare()
  }

  /// true, false, or a number in decimal notation; its underscores go.
  private mutating func readBare() throws(ConfigError) -> Value {
    let start = words
    var isNumber = true
    while at < count, isBare(bytes[at]) || bytes[at] == 0x2E || bytes[at] == 0x2B {
      let byte = bytes[at]
      if !(byte >= 0x30 && byte <= 0x39), byte != 0x2E, byte != 0x5F { isNumber = false }
      if byte != 0x5F { put(byte) }
      at += 1
    }
    let word = UnsafeBufferPointer(start: UnsafePointer(start), count: words - start)
    if word == "true" { return .flag(true) }
    if word == "false" { return .flag(false) }
    guard isNumber, word.count > 0 else {
      throw .syntax(line: line, "a value is a string in quotes, a number, true, false or an array")
    }
    return .word(end(start))
  }

  /// A string in either kind of quotes, unescaped.
  private mutating func readString() throws(ConfigError) -> UnsafePointer<CChar> {
    let mark = bytes[at]
    let start = words
    at += 1
    while at < count, bytes[at] != 0x0A, bytes[at] != mark {
      if mark == quote, bytes[at] == UInt8(ascii: "\\") {
        at += 1
        put(try escaped())
      } else {
        put(bytes[at])
      }
      at += 1
    }
    guard at < count, bytes[at] == mark else {
      throw .syntax(line: line, "a string ends with the quote it began with, on its line")
    }
    at += 1
    if words == start, at < count, bytes[at] == mark {
      throw .syntax(line: line, "there are no strings of several lines")
    }
    return end(start)
  }

  private mutating func put(_ byte: UInt8) {
    words[0] = byte
    words += 1
  }

  private mutating func end(_ start: UnsafeMutablePointer<UInt8>) -> UnsafePointer<CChar> {
    put(0)
    return UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
  }

  private func escaped() throws(ConfigError) -> UInt8 {
    guard at < count else { throw .syntax(line: line, "a string ends on its line") }
    switch bytes[at] {
    case quote: return quote
    case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "t"): return 0x09
    default:
      throw .syntax(
        line: line, "behind a backslash stands one of \" \\ n t; 'literal strings' have none")
    }
  }
}
