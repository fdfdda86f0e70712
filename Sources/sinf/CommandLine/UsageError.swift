/// The command line is not understood: the program ends with `ExitStatus.usage`.
enum UsageError: Error, @unchecked Sendable {
  case unknownCommand(UnsafeBufferPointer<UInt8>)
  /// An option that these commands don't have.
  case unknownOption(UnsafeBufferPointer<UInt8>, Commands)
  case missingValue(Option)
  case unwantedValue(Option)
  /// The value is not what the option's entry says.
  case badValue(Option, UnsafePointer<CChar>)
  /// No format, or not one of the command's.
  case badFormat(UnsafePointer<CChar>, Command)
  /// The text completes the sentence "... is not"; without a value, "... must be".
  case unfit(Option, UnsafePointer<CChar>?, StaticString)
  /// Two options that cannot both be given.
  case contradiction(Option, Option)
  /// A word for which the command has no use.
  case unwantedOperand(UnsafePointer<CChar>)
  case missingOperand(StaticString)
  /// Neither --model nor SINF_MODEL.
  case noModel
  /// --compare with --format json.
  case compareIsText
}

/// How a run ends.
enum ExitStatus {
  static let success: Int32 = 0
  /// Some inputs could not be classified, or the results could not be written.
  static let failure: Int32 = 1
  static let usage: Int32 = 2
  /// The model is refused, or does not fit into the memory budget.
  static let model: Int32 = 3
}

extension Output {
  /// One line on what is wrong, one on where to read more.
  mutating func put(_ error: UsageError, command: StaticString?) {
    put("sinf: ")
    put(rule: error)
    put("\nTry 'sinf ")
    if let command {
      put(command)
      put(" ")
    }
    put("--help'.\n")
  }

  /// What is wrong and what was expected, without a line's end.
  mutating func put(rule error: UsageError) {
    switch error {
    case .unknownCommand(let word):
      put("unknown command '")
      put(printable: word)
      put("'")
      put(suggestion: Command.suggestion(for: word))
    case .unknownOption(let name, let commands):
      put("unknown option '")
      put(printable: name)
      put("'")
      put(suggestion: habitualOption(name) ?? Option.suggestion(for: name, of: commands))
    case .missingValue(let option):
      put("option ")
      put(option.name)
      put(" needs a value")
    case .unwantedValue(let option):
      put("option ")
      put(option.name)
      put(" takes no value")
    case .badValue(let option, let value):
      put("option ")
      put(option.name)
      put(": '")
      put(printable: bytes(of: value))
      put("' is not ")
      put(expected: option)
    case .badFormat(let value, let command):
      put("option --format: '")
      put(printable: bytes(of: value))
      put("' is not ")
      put(alternatives: command.entry.formats)
    case .unfit(let option, let value, let expected):
      put("option ")
      put(option.name)
      if let value {
        put(": '")
        put(printable: bytes(of: value))
        put("' is not ")
      } else {
        put(" must be ")
      }
      put(expected)
    case .contradiction(let one, let other):
      put("options ")
      put(one.name)
      put(" and ")
      put(other.name)
      put(" exclude each other")
    case .unwantedOperand(let word):
      put("unexpected argument '")
      put(printable: bytes(of: word))
      put("'")
    case .missingOperand(let expected):
      put("nothing to do: expected ")
      put(expected)
    case .compareIsText:
      put("--compare prints text: leave '--format json' out, or compare two reports later")
    case .noModel:
      put("no model: give --model FILE or set the environment variable SINF_MODEL")
    }
  }

  mutating func put(suggestion: StaticString?) {
    guard let suggestion else { return }
    put("; did you mean '")
    put(suggestion)
    put("'?")
  }
}
