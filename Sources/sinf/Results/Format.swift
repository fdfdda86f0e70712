/// The form of results. A command has a set of them: `CommandEntry.formats`.
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

/// A set of formats and the one that is taken unless another is asked for.
struct Formats {
  let unset: Format
  private var bits: UInt8

  init(_ unset: Format) {
    self.unset = unset
    bits = 1 << UInt8(unset.rawValue)
  }

  /// The set with one more.
  func and(_ format: Format) -> Formats {
    var formats = self
    formats.bits |= 1 << UInt8(format.rawValue)
    return formats
  }

  func contains(_ format: Format) -> Bool {
    bits & 1 << UInt8(format.rawValue) != 0
  }
}

extension Output {
  /// "text, json or csv".
  mutating func put(alternatives formats: Formats) {
    var left = 0
    var index = 0
    while let format = Format(rawValue: index) {
      left += formats.contains(format) ? 1 : 0
      index += 1
    }
    let count = left
    index = 0
    while let format = Format(rawValue: index) {
      index += 1
      guard formats.contains(format) else { continue }
      if left < count { put(left == 1 ? " or " : ", ") }
      put(format.name)
      left -= 1
    }
  }
}
