/// What the program can do: the first word of the command line.
enum Command: Int, Named {
  case classify
  case watch
  case inspect
  case bench
  case update

  /// A command is one value, which stands with its code.
  var entry: CommandEntry {
    switch self {
    case .classify: Classify.command
    case .watch: Watch.command
    case .inspect: Inspect.command
    case .bench: Bench.command
    case .update: Update.command
    }
  }

  var name: StaticString { entry.name }
}

/// A command: its words, and what it does.
struct CommandEntry {
  let name: StaticString
  /// Completes "sinf NAME: ...", from a small letter on, without a full stop.
  let summary: StaticString
  /// The forms of its command line, one a line.
  let usage: StaticString
  /// What it does, in a sentence.
  let about: StaticString
  /// More on that, in the form of `Page.put(text:)`.
  let notes: StaticString
  /// Its other sections, in the same form.
  let sections: StaticString
  /// What its operands are.
  let operands: Operands
  let formats: Formats
  /// Reads the words of the command line from this one on and does what they say; the exit status.
  /// (A C function, because a Swift one would be counted by the heap's means.)
  let run: @convention(c) (Int32) -> Int32

  enum Operands {
    case file
    case folder
  }
}

/// One of a closed set of words: commands, formats, stages. Raw values count from 0, so that the
/// set can be walked without an array.
protocol Named {
  init?(rawValue: Int)
  var name: StaticString { get }
}

extension Named {
  init?(named word: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while let candidate = Self(rawValue: index) {
      if word == candidate.name {
        self = candidate
        return
      }
      index += 1
    }
    return nil
  }

  /// The member that `word` may have been meant for.
  static func suggestion(for word: UnsafeBufferPointer<UInt8>) -> StaticString? {
    var suggestion = Suggestion(for: word)
    var index = 0
    while let candidate = Self(rawValue: index) {
      suggestion.consider(candidate.name)
      index += 1
    }
    return suggestion.best
  }
}
