import CSystem
import SINFModel

@main struct Program {
  static func main() {
    csys_fill_standard_descriptors()
    csys_die_of_faults()
    csys_ignore_broken_pipes()
    csys_exit(run())
  }

  /// The exit status.
  private static func run() -> Int32 {
    guard let first = csys_argument(1) else {
      return refuse(.usage(.missingOperand("a command")), model: nil, command: nil)
    }
    let word = bytes(of: first)
    if let command = Command(named: word) { return command.entry.run(2) }
    if word == "help" { return showHelp() }
    if asksVersion(word) { return showVersion() }
    guard word.count > 0, word[0] == UInt8(ascii: "-") else {
      return refuse(.usage(.unknownCommand(word)), model: nil, command: nil)
    }
    do throws(UsageError) {
      return try option()
    } catch {
      return refuse(.usage(error), model: nil, command: nil)
    }
  }

  /// The command line begins with an option of the program.
  private static func option() throws(UsageError) -> Int32 {
    var arguments = Arguments(from: 1)
    guard case .option(let name, let attached) = arguments.word(),
      let option = Option(name, of: .program)
    else {
      throw .unknownCommand(bytes(of: csys_argument(1).unsafelyUnwrapped))
    }
    if option.entry.isFlag, attached != nil { throw .unwantedValue(option) }
    switch option {
    // `sinf --config FILE` is short for `sinf watch --config FILE`.
    case .config: return Command.watch.entry.run(1)
    case .completion:
      guard let shell = attached ?? arguments.take() else { throw .missingValue(option) }
      try noMore(&arguments)
      return try completion(shell)
    case .manual:
      let word = attached ?? arguments.take()
      try noMore(&arguments)
      return try page(of: word, isManual: true)
    case .version: return showVersion()
    default: return showHelp()
    }
  }

  private static func noMore(_ arguments: inout Arguments) throws(UsageError) {
    if let word = arguments.take() { throw .unwantedOperand(word) }
  }

  private static func completion(_ shell: UnsafePointer<CChar>) throws(UsageError) -> Int32 {
    guard case .words(let shells) = Option.completion.entry.kind,
      let index = Words(shells).index(of: bytes(of: shell))
    else { throw .badValue(.completion, shell) }
    var completion = Completion()
    if index == 0 { completion.putBash() } else { completion.putZsh() }
    return finish(&completion.output)
  }

  /// The page on the program or on the command that the word names.
  private static func page(
    of word: UnsafePointer<CChar>?, isManual: Bool
  ) throws(UsageError) -> Int32 {
    guard let word else {
      var page = Page(isManual: isManual)
      page.putProgram()
      return page.end()
    }
    guard let command = Command(named: bytes(of: word)) else {
      throw .unknownCommand(bytes(of: word))
    }
    return show(command, isManual: isManual)
  }

  /// The overview, or the text on the command that the next word names.
  private static func showHelp() -> Int32 {
    do throws(UsageError) {
      return try page(of: csys_argument(2), isManual: false)
    } catch {
      return refuse(.usage(error), model: nil, command: nil)
    }
  }

  private static func showVersion() -> Int32 {
    if let next = csys_argument(2) {
      return refuse(.usage(.unwantedOperand(next)), model: nil, command: nil)
    }
    var output = Output(descriptor: Output.standardOutput)
    output.put("sinf ")
    output.put(ProgramVersion.text)
    output.put(" (")
    if let commit = ProgramVersion.commit {
      output.put("commit ")
      output.put(cText: commit)
    } else {
      output.put("unreleased")
    }
    output.put(", model format ")
    output.put(Int(Layout.majorVersion))
    output.put(".")
    output.put(Int(Layout.minorVersion))
    output.put(")\n")
    return finish(&output)
  }
}

/// Writes a command's page to standard output; the exit status.
func show(_ command: Command, isManual: Bool = false) -> Int32 {
  var page = Page(isManual: isManual)
  page.put(command)
  return page.end()
}

/// Writes a text to standard output; the exit status.
func show(_ text: StaticString) -> Int32 {
  var output = Output(descriptor: Output.standardOutput)
  output.put(text)
  return finish(&output)
}

/// Flushes standard output; the exit status, failure with a line on standard error when not all of
/// it could be written.
func finish(_ output: inout Output) -> Int32 {
  output.flush()
  guard output.error != 0 else { return ExitStatus.success }
  var errors = Output(descriptor: Output.standardError)
  errors.put("sinf: cannot write the results: ")
  errors.put(system: output.error)
  errors.put("\n")
  errors.flush()
  return ExitStatus.failure
}

/// Says why nothing was begun; the exit status.
func refuse(
  _ error: StartError, model: UnsafePointer<CChar>?, command: StaticString?
) -> Int32 {
  var errors = Output(descriptor: Output.standardError)
  errors.put(error, model: model, command: command)
  errors.flush()
  return error.status
}
