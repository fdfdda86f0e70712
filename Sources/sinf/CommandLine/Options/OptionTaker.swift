/// The options of a command, filled in from its words.
protocol OptionTaker {
  static var command: Command { get }

  /// Takes in an option that the command has.
  mutating func take(_ option: Option, _ value: OptionValue) throws(UsageError)
}

extension OptionTaker {
  /// The next operand; options in front of it are taken in. nil at the end.
  mutating func nextOperand(
    _ arguments: inout Arguments
  ) throws(UsageError) -> UnsafePointer<CChar>? {
    while let word = arguments.word() {
      switch word {
      case .operand(let operand): return operand
      case .option(let name, let attached):
        guard let option = Option(name, of: Commands(Self.command)) else {
          throw .unknownOption(name, Commands(Self.command))
        }
        guard !option.entry.isFlag else {
          guard attached == nil else { throw .unwantedValue(option) }
          try take(option, .flag)
          continue
        }
        guard let text = attached ?? arguments.take() else { throw .missingValue(option) }
        try take(option, option.value(text, of: Self.command))
      }
    }
    return nil
  }
}
