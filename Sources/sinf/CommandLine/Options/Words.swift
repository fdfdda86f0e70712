/// The words of a text, which are separated by spaces and line ends.
struct Words {
  private let text: UnsafeBufferPointer<UInt8>
  private var at = 0

  init(_ text: UnsafeBufferPointer<UInt8>) {
    self.text = text
  }

  init(_ text: StaticString) {
    self.init(text.bytes)
  }

  mutating func next() -> UnsafeBufferPointer<UInt8>? {
    while at < text.count, Words.isBlank(text[at]) { at += 1 }
    let start = at
    while at < text.count, !Words.isBlank(text[at]) { at += 1 }
    return at > start ? UnsafeBufferPointer(rebasing: text[start..<at]) : nil
  }

  /// The place of the word among them, from 0.
  func index(of word: UnsafeBufferPointer<UInt8>) -> Int? {
    var list = self
    var index = 0
    while let candidate = list.next() {
      if candidate == word { return index }
      index += 1
    }
    return nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A }
}

/// The lines of a text.
struct Lines {
  private let text: UnsafeBufferPointer<UInt8>
  private var at = 0

  init(_ text: StaticString) {
    self.text = text.bytes
  }

  /// Without its end; nil behind the last.
  mutating func next() -> UnsafeBufferPointer<UInt8>? {
    guard at < text.count else { return nil }
    let start = at
    while at < text.count, text[at] != 0x0A { at += 1 }
    defer { at += 1 }
    return UnsafeBufferPointer(rebasing: text[start..<at])
  }
}
