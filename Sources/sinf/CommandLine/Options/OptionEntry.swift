/// What is known of an option.
struct OptionEntry {
  /// With two dashes.
  let name: StaticString
  /// With one dash and one letter.
  var short: StaticString?
  /// A name that it had before, which is still taken.
  var alias: StaticString?
  let kind: Kind
  /// What the value is called in help; nil for a flag.
  var placeholder: StaticString?
  let commands: Commands
  let group: Group
  /// Whether configuration files may have it as a key.
  var isKey = true
  /// Begins with a small letter and ends without a full stop; ranges, words and formats are put behind
  /// it by whoever shows it, and then the default.
  let help: StaticString
  /// What holds without the option, where that is no format.
  var unset: StaticString?

  /// What the option's value is; decides how it is read and completed, and what a wrong one is told.
  enum Kind {
    case flag
    /// A path.
    case file
    case folder
    /// Anything; these words are among what it may be.
    case text(StaticString)
    /// One of these words, separated by spaces.
    case words(StaticString)
    /// One of the command's formats.
    case format
    /// A whole number of `unit` from least to most.
    case number(Int, Int, unit: StaticString)
    /// At least so many; `expected` completes "... is not".
    case bytes(Int, expected: StaticString)
    /// A share from 0 to 1, or in percent.
    case share
    /// In milliseconds from 1 to `most`; `expected` completes "... is not".
    case seconds(most: Int, expected: StaticString)
    /// A pattern of names.
    case pattern
  }

  /// Where it stands in help.
  enum Group: Int {
    case file, model, results, pictures, past, measuring, content, limits, general

    var title: StaticString {
      switch self {
      case .file: "OPTIONS IN A FILE"
      case .model: "MODEL"
      case .results: "RESULTS"
      case .pictures: "PICTURES"
      case .past: "MEMORY OF WHAT WAS DONE"
      case .measuring: "MEASURING"
      case .content: "WHAT IS SHOWN"
      case .limits: "LIMITS"
      case .general: "OTHER"
      }
    }
  }

  var isFlag: Bool {
    if case .flag = kind { return true }
    return false
  }

  func isWritten(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    if word == name { return true }
    if let short, word == short { return true }
    if let alias, word == alias { return true }
    return false
  }
}

/// A set of commands.
struct Commands {
  let bits: UInt16

  /// No command: `sinf` itself.
  static let program = Commands(bits: 1 << 15)
  static let classify = Commands(.classify)
  static let watch = Commands(.watch)
  static let inspect = Commands(.inspect)
  static let bench = Commands(.bench)
  /// Those that put labels on pictures.
  static let labelling = classify | watch
  /// Those that run a model.
  static let running = labelling | bench
  static let update = Commands(.update)
  static let all = running | inspect | update

  init(bits: UInt16) {
    self.bits = bits
  }

  init(_ command: Command) {
    bits = 1 << UInt16(command.rawValue)
  }

  static func | (a: Commands, b: Commands) -> Commands {
    Commands(bits: a.bits | b.bits)
  }

  /// The first of them; nil for the program.
  var first: Command? {
    var index = 0
    while let command = Command(rawValue: index) {
      if contains(Commands(command)) { return command }
      index += 1
    }
    return nil
  }

  /// Whether all of the others are in it.
  func contains(_ others: Commands) -> Bool {
    bits & others.bits == others.bits
  }
}
