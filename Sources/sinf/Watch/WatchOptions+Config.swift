// `sinf watch --config FILE`: every long option as a key, and `watch` for the folder.

extension WatchOptions {
  /// Takes the file's keys in, before the words of the command line, which win.
  mutating func read(config path: UnsafePointer<CChar>) throws(ConfigError) {
    var file = try ConfigFile(path: path)
    // All keys so far, for the second one of a name.
    var keys = InlineArray<64, UnsafeBufferPointer<UInt8>>(
      repeating: UnsafeBufferPointer(start: nil, count: 0))
    var keyCount = 0
    while let value = try file.next() {
      for index in 0..<keyCount where keys[index] == file.key {
        throw .duplicateKey(line: file.line, file.key)
      }
      if keyCount < keys.count {
        keys[keyCount] = file.key
        keyCount += 1
      }
      switch value {
      case .word(let word): try take(file, word)
      case .flag(let isOn): try take(file, flag: isOn)
      case .array:
        guard file.key == "include" else {
          throw .type(line: file.line, file.key, "no array")
        }
        while let word = try file.nextElement() { try take(file, word) }
      }
    }
  }

  private mutating func take(
    _ file: ConfigFile, _ word: UnsafePointer<CChar>
  ) throws(ConfigError) {
    if file.key == "watch" {
      folder = word
      return
    }
    var name = OptionName(file.key)
    switch try kind(&name, file) {
    case .flag: throw .type(line: file.line, file.key, "true or false")
    case .value:
      do throws(UsageError) {
        try name.withBytes { bytes throws(UsageError) in try take(bytes, word) }
      } catch {
        throw .value(line: file.line, file.key, error)
      }
    }
  }

  private mutating func take(_ file: ConfigFile, flag isOn: Bool) throws(ConfigError) {
    if file.key == "watch" { throw .type(line: file.line, file.key, "a folder's path") }
    var name = OptionName(file.key)
    let kind = try kind(&name, file)
    guard kind == .flag else {
      throw .type(line: file.line, file.key, "a string or a number")
    }
    guard isOn else { return }
    do throws(UsageError) {
      try name.withBytes { bytes throws(UsageError) in try take(bytes, nil) }
    } catch {
      throw .value(line: file.line, file.key, error)
    }
  }

  private func kind(
    _ name: inout OptionName, _ file: ConfigFile
  ) throws(ConfigError) -> OptionKind {
    guard let kind = name.withBytes({ WatchOptions.kind(of: $0) }) else {
      var suggestion: StaticString?
      name.withBytes { suggestion = WatchOptions.suggestion(for: $0) }
      throw .unknownKey(line: file.line, file.key, suggestion: suggestion)
    }
    return kind
  }
}

/// How an option is written.
enum OptionKind {
  /// Alone.
  case flag
  /// With a value.
  case value
}

/// A key as an option's name: with two dashes in front.
private struct OptionName {
  private var bytes = InlineArray<64, UInt8>(repeating: UInt8(ascii: "-"))
  private var count = 2

  init(_ key: UnsafeBufferPointer<UInt8>) {
    for byte in key where count < 64 {
      bytes[count] = byte
      count += 1
    }
  }

  mutating func withBytes<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let count = count
    return try bytes.span.withUnsafeBufferPointer { buffer throws(Failure) in
      try body(UnsafeBufferPointer(rebasing: buffer[..<count]))
    }
  }
}
