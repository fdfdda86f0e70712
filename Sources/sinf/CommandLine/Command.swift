/// What the program can do: the first word of the command line.
enum Command: Int, Named {
  case classify
  case watch
  case inspect
  case bench

  var name: StaticString {
    switch self {
    case .classify: "classify"
    case .watch: "watch"
    case .inspect: "inspect"
    case .bench: "bench"
    }
  }

  var help: StaticString {
    switch self {
    case .classify: Help.classify
    case .watch: Help.watch
    case .inspect: Help.inspect
    case .bench: Help.bench
    }
  }
}

/// One of a closed set of words: commands, options, choices. Raw values count from 0, so that the
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
    consider(for: &suggestion)
    return suggestion.best
  }

  /// Considers every member.
  static func consider(for suggestion: inout Suggestion) {
    var index = 0
    while let candidate = Self(rawValue: index) {
      suggestion.consider(candidate.name)
      index += 1
    }
  }
}

/// The form of results.
enum Format: Int, Named {
  case text
  case json
  case csv

  var name: StaticString {
    switch self {
    case .text: "text"
    case .json: "json"
    case .csv: "csv"
    }
  }
}
