import CSystem

/// The words of the command line, read from left to right.
///
/// `--name value`, `--name=value` and `-x value` are options; `--` ends them; everything else,
/// a lone `-` included, is an operand. Nothing is copied: words live as long as the process.
struct Arguments {
  enum Word {
    /// `value` when it stood behind `=`.
    case option(name: UnsafeBufferPointer<UInt8>, value: UnsafePointer<CChar>?)
    case operand(UnsafePointer<CChar>)
  }

  private var next: Int32
  private var optionsEnded = false

  /// Words from argument `first` on; argument 0 is the program.
  init(from first: Int32) {
    next = first
  }

  /// No words at all.
  static var none: Arguments { Arguments(from: Int32.max) }

  mutating func word() -> Word? {
    guard let text = take() else { return nil }
    let all = bytes(of: text)
    guard !optionsEnded, all.count > 1, all[0] == UInt8(ascii: "-") else { return .operand(text) }
    if all.count == 2, all[1] == UInt8(ascii: "-") {
      optionsEnded = true
      return word()
    }
    for index in 0..<all.count where all[index] == UInt8(ascii: "=") {
      return .option(
        name: UnsafeBufferPointer(rebasing: all[..<index]), value: text + index + 1)
    }
    return .option(name: all, value: nil)
  }

  /// The next word whatever it looks like: the value of the option just read.
  mutating func take() -> UnsafePointer<CChar>? {
    guard let text = csys_argument(next) else { return nil }
    next += 1
    return text
  }
}

func == (a: UnsafeBufferPointer<UInt8>, b: StaticString) -> Bool {
  a == b.bytes
}

/// Whether the bytes are the same. (elementsEqual would bring the heap in.)
func == (a: UnsafeBufferPointer<UInt8>, b: UnsafeBufferPointer<UInt8>) -> Bool {
  guard a.count == b.count else { return false }
  for index in 0..<a.count where a[index] != b[index] { return false }
  return true
}

/// The environment variable's value. (A literal passed to C directly would become an array.)
func environment(_ name: StaticString) -> UnsafePointer<CChar>? {
  csys_environment(UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self))
}
