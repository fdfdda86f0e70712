extension Completion {
  /// For zsh's own system of completion (compinit): the file `_sinf` of a folder in `fpath`.
  mutating func putZsh() {
    output.put("#compdef sinf\n# zsh completion for sinf, written by 'sinf --completion zsh'\n")
    output.put("_sinf() {\n  local curcontext=$curcontext state line\n  local -a commands=(\n")
    var index = 0
    while let command = Command(rawValue: index) {
      index += 1
      output.put("    '")
      output.put(command.name)
      output.put(":")
      put(quoted: command.entry.summary.bytes)
      output.put("'\n")
    }
    output.put("    'help:all options of a command'\n  )\n")
    output.put("  _arguments -C \\\n")
    putZshOptions(.program)
    output.put("    '1: :->command' '*:: :->words'\n")
    output.put("  case $state in\n    command) _describe -t commands command commands ;;\n")
    output.put("    words)\n      case $words[1] in\n        help) _values command ")
    putCommandNames()
    output.put(" ;;\n")
    index = 0
    while let command = Command(rawValue: index) {
      index += 1
      output.put("        ")
      output.put(command.name)
      output.put(")\n  _arguments \\\n")
      putZshOptions(Commands(command))
      output.put(
        command.entry.operands == .folder ? "    '*:folder:_files -/'" : "    '*:file:_files'")
      output.put("\n          ;;\n")
    }
    output.put("      esac ;;\n  esac\n}\n")
    // A file of fpath is the function's body; a file that is read defines it.
    output.put("if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n  _sinf \"$@\"\nelse\n")
    output.put("  compdef _sinf sinf\nfi\n")
  }

  /// One specification a line for each way to write each option.
  private mutating func putZshOptions(_ commands: Commands) {
    var index = 0
    while let option = Option(rawValue: index) {
      index += 1
      let entry = option.entry
      guard entry.commands.contains(commands) else { continue }
      putZsh(entry, entry.name, commands)
      if let short = entry.short { putZsh(entry, short, commands) }
      if let alias = entry.alias { putZsh(entry, alias, commands) }
    }
  }

  private mutating func putZsh(
    _ entry: OptionEntry, _ spelling: StaticString, _ commands: Commands
  ) {
    output.put("    '")
    if case .pattern = entry.kind {
      output.put("*")
    } else {
      output.put("(")
      putSpellings(entry, separator: " ")
      output.put(")")
    }
    output.put(spelling)
    if !entry.isFlag, spelling == entry.name || spelling == entry.alias { output.put("=") }
    output.put("[")
    put(quoted: beginning(of: entry.help))
    output.put("]")
    if let placeholder = entry.placeholder {
      output.put(":")
      for byte in placeholder.bytes where byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A {
        output.put(byte: byte)
      }
      output.put(":")
      putZshValues(entry, commands)
    }
    output.put("' \\\n")
  }

  private mutating func putZshValues(_ entry: OptionEntry, _ commands: Commands) {
    switch entry.kind {
    case .file: output.put("_files")
    case .folder: output.put("_files -/")
    case .words(let words), .text(let words):
      output.put("(")
      // A colon would end the list's part of the specification.
      for byte in words.bytes {
        if byte == UInt8(ascii: ":") { output.put("\\") }
        output.put(byte: byte)
      }
      output.put(")")
    case .format:
      output.put("(")
      putFormats(commands)
      output.put(")")
    case .flag, .number, .bytes, .share, .seconds, .pattern: output.put(" ")
    }
  }

  /// Up to the first mark of punctuation: a line in a list has little room.
  private func beginning(of help: StaticString) -> UnsafeBufferPointer<UInt8> {
    let text = help.bytes
    var end = 0
    while end < text.count {
      switch text[end] {
      case UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "("):
        return UnsafeBufferPointer(rebasing: text[..<end])
      default: end += 1
      }
    }
    return text
  }

  /// For a place between apostrophes where brackets and colons have a meaning.
  private mutating func put(quoted text: UnsafeBufferPointer<UInt8>) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "'"): output.put("'\\''")
      case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"):
        output.put("\\")
        output.put(byte: byte)
      default: output.put(byte: byte)
      }
    }
  }
}

private func == (a: StaticString, b: StaticString?) -> Bool {
  guard let b else { return false }
  return a.bytes == b.bytes
}
