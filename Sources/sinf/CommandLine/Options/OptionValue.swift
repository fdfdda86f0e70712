/// The value of an option, read as its entry says.
enum OptionValue {
  case flag
  case text(UnsafePointer<CChar>)
  /// A number, bytes or milliseconds.
  case number(Int)
  case share(Float)
  /// The place of the word in the entry's words.
  case word(Int)
  case format(Format)

  /// nil where the option has no text.
  var text: UnsafePointer<CChar>? {
    if case .text(let text) = self { return text }
    return nil
  }

  /// 0 where the option has no number.
  var number: Int {
    switch self {
    case .number(let number), .word(let number): number
    default: 0
    }
  }

  /// nil where the option has no share.
  var share: Float? {
    if case .share(let share) = self { return share }
    return nil
  }

  /// nil where the option has no format.
  var format: Format? {
    if case .format(let format) = self { return format }
    return nil
  }
}

extension Option {
  /// The value that the text stands for.
  ///
  /// Throws: `.badValue` or, for formats that the command doesn't have, `.badFormat`.
  func value(_ text: UnsafePointer<CChar>, of command: Command) throws(UsageError) -> OptionValue {
    let word = bytes(of: text)
    switch entry.kind {
    case .flag: return .flag
    case .file, .folder, .text: return .text(text)
    case .words(let words):
      if let index = Words(words).index(of: word) { return .word(index) }
    case .format:
      guard let format = Format(named: word), command.entry.formats.contains(format) else {
        throw .badFormat(text, command)
      }
      return .format(format)
    case .number(let least, let most, _):
      if let number = parseInteger(word), number >= least, number <= most { return .number(number) }
    case .bytes(let least, _):
      if let count = parseBytes(word), count >= least { return .number(count) }
    case .share:
      if let share = parseShare(word) { return .share(share) }
    case .seconds(let most, _):
      if let limit = parseMilliseconds(word), limit >= 1, limit <= most { return .number(limit) }
    case .pattern:
      if let expected = expectedPattern(word) { throw .unfit(self, text, expected) }
      return .text(text)
    }
    throw .badValue(self, text)
  }
}

extension Output {
  /// What the option's value should be, completing "... is not".
  mutating func put(expected option: Option) {
    switch option.entry.kind {
    case .number(let least, let most, let unit):
      put("a number of ")
      put(unit)
      put(" from ")
      put(least)
      put(" to ")
      put(most)
    case .bytes(_, let expected), .seconds(_, let expected): put(expected)
    case .share: put("a share from 0 to 1 such as 0.85, or 85%")
    case .words(let words): put(alternatives: words)
    case .flag, .file, .folder, .text, .format, .pattern: put("a value")
    }
  }

  /// "a, b or c".
  mutating func put(alternatives words: StaticString) {
    var list = Words(words)
    var word = list.next()
    var isFirst = true
    while let current = word {
      word = list.next()
      if !isFirst { put(word == nil ? " or " : ", ") }
      isFirst = false
      put(current)
    }
  }
}
