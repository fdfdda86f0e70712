import SINFModel

// Help and manual pages, from the tables of commands and options.

extension Page {
  /// The page of the program.
  mutating func putProgram() {
    if isManual {
      begin(name: "", "names what is in pictures, in fixed memory")
    } else {
      beginParagraph(indent: 0)
      flow("sinf: names what is in pictures, in fixed memory.")
    }
    heading(isManual ? "SYNOPSIS" : "USAGE")
    verbatim(StaticString("sinf COMMAND [OPTION...] [PATH...]").bytes)
    verbatim(StaticString("sinf --config FILE").bytes)
    heading("COMMANDS")
    var index = 0
    while let command = Command(rawValue: index) {
      index += 1
      beginTerm()
      put(bold: command.name)
      beginText(column: Page.textColumn)
      flow(command.entry.summary)
    }
    beginTerm()
    put(bold: "help")
    put(" ")
    put(italic: "COMMAND")
    beginText(column: Page.textColumn)
    flow("all options of a command")
    putOptions(of: .program)
    put(
      text: """
        Models are written by 'sinfc compile'.

        # EXIT STATUS
        - 0 | everything was done
        - 1 | some inputs could not be classified, or the results could not be written
        - 2 | the command line is wrong
        - 3 | the model is refused, or needs more memory than it may have; or the kernel cannot confine
        the program, and --require-sandbox asks for that
        """)
    if isManual { putSeeAlso(nil) }
  }

  /// The page of a command.
  mutating func put(_ command: Command) {
    let entry = command.entry
    if isManual {
      begin(name: entry.name, entry.summary)
    } else {
      beginParagraph(indent: 0)
      flow(entry.about)
    }
    heading(isManual ? "SYNOPSIS" : "USAGE")
    var lines = Lines(entry.usage)
    while let line = lines.next() { verbatim(line) }
    if isManual {
      heading("DESCRIPTION")
      beginParagraph()
      flow(entry.about)
    }
    put(text: entry.notes)
    putOptions(of: Commands(command))
    put(text: entry.sections)
    if isManual { putSeeAlso(command) }
  }

  /// A manual page's first lines; the program's own has an empty name.
  private mutating func begin(name: StaticString, _ summary: StaticString) {
    let dash: StaticString = name.utf8CodeUnitCount > 0 ? "\\-" : ""
    output.put(".TH SINF")
    output.put(dash)
    for byte in name.bytes { output.put(byte: byte & 0xDF) }
    output.put(" 1 \"\" \"sinf ")
    output.put(ProgramVersion.text)
    output.put("\" \"User Commands\"\n")
    heading("NAME")
    output.put("sinf")
    output.put(dash)
    output.put(name)
    output.put(" \\- ")
    output.put(summary)
    output.put("\n")
  }

  /// The pages of the program and of all other commands.
  private mutating func putSeeAlso(_ command: Command?) {
    heading("SEE ALSO")
    var isFirst = true
    if command != nil {
      output.put(".BR sinf (1)")
      isFirst = false
    }
    var index = 0
    while let other = Command(rawValue: index) {
      index += 1
      guard other != command else { continue }
      output.put(isFirst ? ".BR sinf\\-" : " ,\n.BR sinf\\-")
      output.put(other.name)
      output.put(" (1)")
      isFirst = false
    }
    output.put("\n")
  }

  /// All options, in their groups where they are many.
  private mutating func putOptions(of commands: Commands) {
    var count = 0
    var index = 0
    while let option = Option(rawValue: index) {
      index += 1
      count += option.entry.commands.contains(commands) ? 1 : 0
    }
    let isGrouped = count > 8
    if !isGrouped || isManual { heading("OPTIONS") }
    var group: OptionEntry.Group?
    index = 0
    while let option = Option(rawValue: index) {
      index += 1
      let entry = option.entry
      guard entry.commands.contains(commands) else { continue }
      if isGrouped, entry.group != group { subheading(entry.group.title) }
      group = entry.group
      put(entry, commands)
    }
  }

  private mutating func put(_ entry: OptionEntry, _ commands: Commands) {
    beginTerm()
    if let short = entry.short {
      put(bold: short)
      put(", ")
    }
    put(bold: entry.name)
    if let placeholder = entry.placeholder {
      put(" ")
      put(italic: placeholder)
    }
    beginText(column: Page.textColumn)
    flow(entry.help)
    if let alias = entry.alias {
      flow("(also")
      flow(alias)
      append(")")
    }
    putValues(entry, commands)
  }

  /// What the value may be, where the table knows it in numbers or words, and what holds without it.
  private mutating func putValues(_ entry: OptionEntry, _ commands: Commands) {
    var unset = entry.unset
    var isOpen = true
    switch entry.kind {
    case .number(let least, let most, _):
      put("(", number: least)
      flow("to")
      put("", number: most)
    case .share: flow("(0 to 1")
    case .words(let words):
      var list = Words(words)
      putAlternatives { list.next() }
    case .format:
      guard let formats = commands.first?.entry.formats else { return }
      unset = formats.unset.name
      var index = -1
      putAlternatives {
        index += 1
        while let format = Format(rawValue: index), !formats.contains(format) { index += 1 }
        return Format(rawValue: index)?.name.bytes
      }
    case .flag, .file, .folder, .text, .bytes, .seconds, .pattern: isOpen = false
    }
    if let unset {
      if isOpen { append(";") }
      flow(isOpen ? "default:" : "(default:")
      flow(unset)
      isOpen = true
    }
    if isOpen { append(")") }
  }

  /// "(a, b or c".
  private mutating func putAlternatives(_ next: () -> UnsafeBufferPointer<UInt8>?) {
    var word = next()
    var isFirst = true
    while let current = word {
      word = next()
      if isFirst {
        flow("(", current)
      } else {
        if word == nil { flow("or") } else { append(",") }
        flow(current)
      }
      isFirst = false
    }
  }

  private mutating func put(_ mark: StaticString, number: Int) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var start = 20
    var rest = number
    repeat {
      start -= 1
      digits[start] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    digits.span.withUnsafeBufferPointer { flow(mark, UnsafeBufferPointer(rebasing: $0[start...])) }
  }
}
