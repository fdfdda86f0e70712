/// Scripts by which shells complete the command line, from the tables of commands and options.
struct Completion: ~Copyable {
  var output = Output(descriptor: Output.standardOutput)

  /// For bash; needs nothing but bash 4.4.
  mutating func putBash() {
    output.put(
      """
      # bash completion for sinf, written by 'sinf --completion bash'
      _sinf_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
      _sinf_paths() {
        mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
        compopt -o filenames 2> /dev/null
      }
      _sinf() {
        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
        local command=${COMP_WORDS[1]} options operands
        # bash splits words at '='.
        if [[ $cur == = ]]; then
          cur=
        elif [[ $prev == = ]] && ((COMP_CWORD > 2)); then
          prev=${COMP_WORDS[COMP_CWORD-2]}
        fi
        COMPREPLY=()
        if ((COMP_CWORD == 1)); then
          _sinf_words "
      """)
    putCommandNames()
    output.put(" help")
    putNames(.program)
    output.put("\"\n    return\n  fi\n  case $command in\n")
    output.put("    help) _sinf_words \"")
    putCommandNames()
    output.put("\"; return ;;\n")
    putBashCase("-*", .program, OptionEntry.Kind.flag)
    var index = 0
    while let command = Command(rawValue: index) {
      index += 1
      let entry = command.entry
      putBashCase(entry.name, Commands(command), entry.operands == .folder ? .folder : .file)
    }
    output.put(
      """
          *) return ;;
        esac
        if [[ $cur == -* ]]; then
          _sinf_words "$options"
        elif [[ -n $operands ]]; then
          _sinf_paths "$operands"
        fi
      }
      complete -F _sinf sinf

      """)
  }

  /// What follows options that take a value, all options, and what operands are.
  private mutating func putBashCase(
    _ pattern: StaticString, _ commands: Commands, _ operands: OptionEntry.Kind
  ) {
    output.put("    ")
    output.put(pattern)
    output.put(")\n      case $prev in\n")
    var index = 0
    while let option = Option(rawValue: index) {
      index += 1
      let entry = option.entry
      guard entry.commands.contains(commands), !entry.isFlag else { continue }
      output.put("        ")
      putSpellings(entry, separator: " | ")
      output.put(") ")
      putBashValues(entry, commands)
      output.put("return ;;\n")
    }
    output.put("      esac\n      options=\"")
    putNames(commands)
    output.put("\"\n      operands=")
    switch operands {
    case .file: output.put("-f")
    case .folder: output.put("-d")
    default: break
    }
    output.put("\n      ;;\n")
  }

  private mutating func putBashValues(_ entry: OptionEntry, _ commands: Commands) {
    switch entry.kind {
    case .file: output.put("_sinf_paths -f; ")
    case .folder: output.put("_sinf_paths -d; ")
    case .words(let words), .text(let words):
      output.put("_sinf_words \"")
      output.put(words)
      output.put("\"; ")
    case .format:
      output.put("_sinf_words \"")
      putFormats(commands)
      output.put("\"; ")
    case .flag, .number, .bytes, .share, .seconds, .pattern: break
    }
  }

  mutating func putCommandNames() {
    var index = 0
    while let command = Command(rawValue: index) {
      if index > 0 { output.put(" ") }
      output.put(command.name)
      index += 1
    }
  }

  /// All ways to write the option.
  mutating func putSpellings(_ entry: OptionEntry, separator: StaticString) {
    if let short = entry.short {
      output.put(short)
      output.put(separator)
    }
    output.put(entry.name)
    if let alias = entry.alias {
      output.put(separator)
      output.put(alias)
    }
  }

  /// The options' names and short names, a space before each.
  private mutating func putNames(_ commands: Commands) {
    var index = 0
    while let option = Option(rawValue: index) {
      index += 1
      let entry = option.entry
      guard entry.commands.contains(commands) else { continue }
      output.put(" ")
      output.put(entry.name)
      if let short = entry.short {
        output.put(" ")
        output.put(short)
      }
    }
  }

  /// The words of the command's formats.
  mutating func putFormats(_ commands: Commands) {
    guard let formats = commands.first?.entry.formats else { return }
    var index = 0
    var isFirst = true
    while let format = Format(rawValue: index) {
      index += 1
      guard formats.contains(format) else { continue }
      if !isFirst { output.put(" ") }
      isFirst = false
      output.put(format.name)
    }
  }
}
