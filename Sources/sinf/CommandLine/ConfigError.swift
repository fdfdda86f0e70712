import CSystem

/// What is wrong with a configuration file.
enum ConfigError: Error, @unchecked Sendable {
  /// An errno.
  case unreadable(Int32)
  case tooLong
  /// The line breaks this rule of the file's form.
  case syntax(line: Int, StaticString)
  case unknownKey(line: Int, UnsafeBufferPointer<UInt8>)
  case duplicateKey(line: Int, UnsafeBufferPointer<UInt8>)
  /// The value of the key is not what its option takes.
  case value(line: Int, UnsafeBufferPointer<UInt8>, UsageError)
  /// The key's value has another type: a flag, a word or an array.
  case type(line: Int, UnsafeBufferPointer<UInt8>, StaticString)
}

extension Output {
  /// One line: file, line, key and rule.
  mutating func put(_ error: ConfigError, _ path: UnsafePointer<CChar>) {
    put(path: bytes(of: path))
    switch error {
    case .unreadable(let number):
      put(": cannot read the configuration: ")
      put(system: number)
    case .tooLong:
      put(": a configuration has at most ")
      put(ConfigFile.limit)
      put(" bytes")
    case .syntax(let line, let rule):
      put(line: line)
      put(rule)
    case .unknownKey(let line, let key):
      put(line: line)
      put("unknown key '")
      put(printable: key)
      put("'")
      if let meant = Option.suggestion(forKey: key, of: .watch) {
        put("; did you mean '")
        put(withoutDashes(meant.name))
        put("'?")
      }
    case .duplicateKey(let line, let key):
      put(line: line)
      put("key '")
      put(printable: key)
      put("' is there a second time")
    case .value(let line, let key, let usage):
      put(line: line)
      put("key '")
      put(printable: key)
      put("': ")
      put(rule: usage)
    case .type(let line, let key, let expected):
      put(line: line)
      put("key '")
      put(printable: key)
      put("' takes ")
      put(expected)
    }
    put("\n")
  }

  private mutating func put(line: Int) {
    put(": line ")
    put(line)
    put(": ")
  }
}
