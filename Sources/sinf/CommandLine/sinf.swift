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
    if word == "--help" || word == "-h" || word == "help" { return showHelp() }
    if asksVersion(word) { return showVersion() }
    if isConfig(word) { return Watch.run(Arguments(from: 1)) }
    guard let command = Command(named: word) else {
      return refuse(.usage(.unknownCommand(word)), model: nil, command: nil)
    }
    switch command {
    case .classify: return Classify.run(Arguments(from: 2))
    case .watch: return Watch.run(Arguments(from: 2))
    case .inspect: return Inspect.run(Arguments(from: 2))
    case .bench: return Bench.run(Arguments(from: 2))
    }
  }

  /// `sinf --config FILE` is short for `sinf watch --config FILE`.
  private static func isConfig(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    let name: StaticString = "--config"
    let count = name.utf8CodeUnitCount
    guard word.count >= count, word.count == count || word[count] == UInt8(ascii: "=") else {
      return false
    }
    return UnsafeBufferPointer(rebasing: word[..<count]) == name
  }

  /// The overview, or the text on the command that the next word names.
  private static func showHelp() -> Int32 {
    guard let next = csys_argument(2) else { return show(Help.overview) }
    guard let command = Command(named: bytes(of: next)) else {
      return refuse(.usage(.unknownCommand(bytes(of: next))), model: nil, command: nil)
    }
    return show(command.help)
  }

  private static func showVersion() -> Int32 {
    if let next = csys_argument(2) {
      return refuse(.usage(.unwantedOperand(next)), model: nil, command: nil)
    }
    var output = Output(descriptor: Output.standardOutput)
    output.put("sinf ")
    output.put(ProgramVersion.text)
    output.put(" (model format ")
    output.put(Int(Layout.majorVersion))
    output.put(".")
    output.put(Int(Layout.minorVersion))
    output.put(")\n")
    return finish(&output)
  }
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
