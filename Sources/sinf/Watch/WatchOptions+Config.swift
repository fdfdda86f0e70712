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
    let option = try option(file)
    guard !option.entry.isFlag else { throw .type(line: file.line, file.key, "true or false") }
    do throws(UsageError) {
      try take(option, option.value(word, of: .watch))
    } catch {
      throw .value(line: file.line, file.key, error)
    }
  }

  private mutating func take(_ file: ConfigFile, flag isOn: Bool) throws(ConfigError) {
    if file.key == "watch" { throw .type(line: file.line, file.key, "a folder's path") }
    let option = try option(file)
    guard option.entry.isFlag else {
      throw .type(line: file.line, file.key, "a string or a number")
    }
    guard isOn else { return }
    do throws(UsageError) {
      try take(option, .flag)
    } catch {
      throw .value(line: file.line, file.key, error)
    }
  }

  /// The option that the key names.
  private func option(_ file: ConfigFile) throws(ConfigError) -> Option {
    guard let option = Option(key: file.key, of: .watch) else {
      throw .unknownKey(line: file.line, file.key)
    }
    return option
  }
}
