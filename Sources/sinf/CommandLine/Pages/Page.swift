/// A page of help, for a terminal or, in roff's man macros, for man(1): headings, paragraphs, terms with
/// their texts, and lines that stay as they are.
struct Page: ~Copyable {
  var output = Output(descriptor: Output.standardOutput)
  let isManual: Bool
  private var column = 0
  private var indent = 0
  private var block = Block.none

  private enum Block {
    case none, heading, paragraph, item, verbatim
  }

  /// Columns of a terminal's line; a source line of roff can have any length.
  /// Two are left for marks behind a last word.
  private static let width = 98
  /// Where the text of an option begins.
  static let textColumn = 21

  init(isManual: Bool) {
    self.isManual = isManual
  }

  /// The exit status.
  mutating func end() -> Int32 {
    endBlock()
    return finish(&output)
  }

  mutating func heading(_ title: StaticString) { heading(title.bytes) }

  private mutating func heading(_ title: UnsafeBufferPointer<UInt8>) {
    endBlock()
    if isManual {
      output.put(".SH ")
    } else if block != .none {
      output.put("\n")
    }
    block = .heading
    output.put(title)
    output.put("\n")
  }

  /// A heading below `heading`; for a terminal there is none below.
  mutating func subheading(_ title: StaticString) {
    guard isManual else { return heading(title) }
    endBlock()
    block = .heading
    output.put(".SS ")
    output.put(title)
    output.put("\n")
  }

  mutating func beginParagraph(indent: Int = 2) {
    endBlock()
    if isManual {
      if block != .heading { output.put(".PP\n") }
    } else if block != .heading, block != .none {
      output.put("\n")
    }
    block = .paragraph
    self.indent = indent
  }

  /// What follows, until `beginText`, is the term.
  mutating func beginTerm() {
    endBlock()
    if isManual {
      output.put(".TP\n")
    } else {
      if block == .paragraph || block == .verbatim { output.put("\n") }
      output.put("  ")
      column = 2
    }
    block = .item
  }

  /// What follows is the term's text, which begins in this column.
  mutating func beginText(column textColumn: Int) {
    if isManual {
      output.put("\n")
      column = 0
    } else if column + 2 > textColumn {
      output.put("\n")
      column = 0
    } else {
      // The first word puts the last one.
      output.put(0x20, times: textColumn - column - 1)
      column = textColumn - 1
    }
    indent = textColumn
  }

  /// Words that flow: as many a line as fit.
  mutating func flow(_ text: UnsafeBufferPointer<UInt8>) {
    var words = Words(text)
    while let word = words.next() { self.word(word) }
  }

  mutating func flow(_ text: StaticString) { flow(text.bytes) }

  /// A word with a mark before it.
  mutating func flow(_ mark: StaticString, _ word: UnsafeBufferPointer<UInt8>) {
    self.word(word, after: mark)
  }

  private mutating func word(_ word: UnsafeBufferPointer<UInt8>, after mark: StaticString = "") {
    if isManual {
      if column > 0 {
        put(" ")
      } else if word[0] == UInt8(ascii: ".") {
        output.put("\\&")
      }
      put(mark)
      put(word)
      return
    }
    let length = mark.utf8CodeUnitCount + columns(word)
    if column > indent, column + 1 + length > Page.width {
      output.put("\n")
      column = 0
    }
    if column == 0 {
      output.put(0x20, times: indent)
      column = indent
    } else {
      put(" ")
    }
    put(mark)
    put(word)
  }

  /// Right behind the last word, whatever the line's length: a mark of punctuation.
  mutating func append(_ mark: StaticString) { put(mark) }

  /// The text as it is, behind what was put before.
  mutating func put(_ text: UnsafeBufferPointer<UInt8>) {
    column += columns(text)
    guard isManual else { return output.put(text) }
    for byte in text {
      switch byte {
      case UInt8(ascii: "\\"): output.put("\\e")
      case UInt8(ascii: "-"): output.put("\\-")
      case UInt8(ascii: "'"): output.put("\\(aq")
      case UInt8(ascii: "`"): output.put("\\(ga")
      case UInt8(ascii: "^"): output.put("\\(ha")
      case UInt8(ascii: "~"): output.put("\\(ti")
      default: output.put(byte: byte)
      }
    }
  }

  mutating func put(_ text: StaticString) { put(text.bytes) }

  /// In bold type where there is such.
  mutating func put(bold text: StaticString) {
    if isManual { output.put("\\fB") }
    put(text)
    if isManual { output.put("\\fR") }
  }

  /// In italics where there are such.
  mutating func put(italic text: StaticString) {
    if isManual { output.put("\\fI") }
    put(text)
    if isManual { output.put("\\fR") }
  }

  /// A line that stays as it is.
  mutating func verbatim(_ line: UnsafeBufferPointer<UInt8>) {
    if block != .verbatim {
      endBlock()
      if isManual {
        if block != .heading { output.put(".PP\n") }
        output.put(".nf\n")
      } else if block != .heading {
        output.put("\n")
      }
      block = .verbatim
    }
    if !isManual { output.put("  ") }
    put(line)
    output.put("\n")
    column = 0
  }

  private mutating func endBlock() {
    if column > 0 { output.put("\n") }
    column = 0
    if isManual, block == .verbatim { output.put(".fi\n") }
  }

  /// A text in lines: `# TITLE` is a heading, `- TERM | TEXT` a term, `$ LINE` a line that stays as it
  /// is; an empty line ends a paragraph; all others flow, a term's text too.
  mutating func put(text: StaticString) {
    var lines = Lines(text)
    var isOpen = false
    while let line = lines.next() {
      guard line.count > 0 else {
        isOpen = false
        continue
      }
      let rest = UnsafeBufferPointer(rebasing: line.dropFirst(2))
      let isMarked = line.count > 2 && line[1] == 0x20
      if isMarked, line[0] == UInt8(ascii: "#") {
        heading(rest)
        isOpen = false
      } else if isMarked, line[0] == UInt8(ascii: "$") {
        verbatim(rest)
        isOpen = false
      } else if isMarked, line[0] == UInt8(ascii: "-") {
        term(rest)
        isOpen = true
      } else {
        if !isOpen { beginParagraph() }
        isOpen = true
        flow(line)
      }
    }
  }

  /// `TERM | TEXT`.
  private mutating func term(_ line: UnsafeBufferPointer<UInt8>) {
    var end = 0
    while end < line.count, line[end] != UInt8(ascii: "|") { end += 1 }
    beginTerm()
    var term = Words(UnsafeBufferPointer(rebasing: line[..<end]))
    var isFirst = true
    while let word = term.next() {
      if !isFirst { put(" ") }
      isFirst = false
      put(word)
    }
    beginText(column: column <= 3 ? 5 : Page.textColumn)
    if end < line.count { flow(UnsafeBufferPointer(rebasing: line[(end + 1)...])) }
  }
}
