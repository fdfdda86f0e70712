import SINFCapture

/// What `sinf watch` was asked for.
struct WatchOptions {
  /// What it has in common with `sinf classify`.
  var shared = ClassifyOptions()
  var folder: UnsafePointer<CChar>?
  /// nil: standard output.
  var output: UnsafePointer<CChar>?
  /// nil: `.sinf-watch` in the watched folder.
  var state: UnsafePointer<CChar>?
  var done: UnsafePointer<CChar>?
  var failed: UnsafePointer<CChar>?
  var deletesDone = false
  var settleMilliseconds = 1000
  var isOnce = false
  var maximumQueue = 1024
  var order = FrameQueue.Order.oldestFirst
  var remember = 65_536
  /// 0: never.
  var rotateBytes = 0
  var rotateKeep = 3
  var heartbeat: UnsafePointer<CChar>?
  private(set) var patterns = InlineArray<16, UnsafePointer<CChar>?>(repeating: nil)
  private(set) var patternCount = 0

  init() {
    shared.format = .json
  }

  private enum Option: Int, Named {
    case output, state, done, failed, deleteDone, settle, once, maxQueue, order, remember
    case rotateBytes, rotateKeep, heartbeat, include

    var name: StaticString {
      switch self {
      case .output: "--output"
      case .state: "--state"
      case .done: "--done"
      case .failed: "--failed"
      case .deleteDone: "--delete-done"
      case .settle: "--settle"
      case .once: "--once"
      case .maxQueue: "--max-queue"
      case .order: "--order"
      case .remember: "--remember"
      case .rotateBytes: "--rotate-bytes"
      case .rotateKeep: "--rotate-keep"
      case .heartbeat: "--heartbeat"
      case .include: "--include"
      }
    }
  }

  private enum OrderName: Int, Named {
    case oldest, newest

    var name: StaticString {
      switch self {
      case .oldest: "oldest"
      case .newest: "newest"
      }
    }
  }

  /// Reads all words.
  mutating func read(_ arguments: Arguments) throws(UsageError) {
    var arguments = arguments
    while let word = arguments.word() {
      switch word {
      case .operand(let operand):
        guard folder == nil else { throw .unwantedOperand(operand) }
        folder = operand
      case .option(let name, let value):
        if try shared.take(name, value, &arguments) { continue }
        guard let option = Option(named: name) else {
          var suggestion = Suggestion(for: name)
          ClassifyOptions.suggest(&suggestion)
          Option.consider(for: &suggestion)
          throw .unknownOption(name, suggestion: suggestion.best)
        }
        try take(option, value, &arguments)
      }
    }
    if shared.asksHelp { return }
    if deletesDone, done != nil { throw .contradiction("--delete-done", "--done") }
    if shared.format == .csv {
      throw .badValue(option: "--format", value: nil, expected: "text or json")
    }
    if shared.format == .text, output != nil {
      throw .badValue(option: "--format", value: nil, expected: "json where --output is given")
    }
  }

  private mutating func take(
    _ option: Option, _ attached: UnsafePointer<CChar>?, _ arguments: inout Arguments
  ) throws(UsageError) {
    switch option {
    case .deleteDone, .once:
      guard attached == nil else { throw .unwantedValue(option: option.name) }
      if option == .once { isOnce = true } else { deletesDone = true }
    default:
      guard let value = attached ?? arguments.take() else {
        throw .missingValue(option: option.name)
      }
      try set(option, value)
    }
  }

  private mutating func set(
    _ option: Option, _ value: UnsafePointer<CChar>
  ) throws(UsageError) {
    switch option {
    case .output: output = value
    case .state: state = value
    case .done: done = value
    case .failed: failed = value
    case .heartbeat: heartbeat = value
    case .settle:
      settleMilliseconds = try integer(
        option, value, 0, 3_600_000, "a number of milliseconds from 0 to 3600000")
    case .maxQueue:
      maximumQueue = try integer(option, value, 1, 65_536, "a number of frames from 1 to 65536")
    case .remember:
      remember = try integer(
        option, value, 128, 16_777_216, "a number of frames from 128 to 16777216")
    case .rotateKeep:
      rotateKeep = try integer(option, value, 1, 9, "a number of files from 1 to 9")
    case .rotateBytes:
      guard let count = parseBytes(bytes(of: value)), count >= 4096 else {
        throw .badValue(
          option: option.name, value: value,
          expected: "a number of bytes, at least 4K, such as 16M")
      }
      rotateBytes = count
    case .order:
      guard let choice = OrderName(named: bytes(of: value)) else {
        throw .badValue(option: option.name, value: value, expected: "oldest or newest")
      }
      order = choice == .oldest ? .oldestFirst : .newestFirst
    case .include:
      guard patternCount < patterns.count else {
        throw .badValue(
          option: option.name, value: value, expected: "one of at most 16 patterns")
      }
      patterns[patternCount] = value
      patternCount += 1
    case .deleteDone, .once: break
    }
  }

  private func integer(
    _ option: Option, _ value: UnsafePointer<CChar>, _ least: Int, _ most: Int,
    _ expected: StaticString
  ) throws(UsageError) -> Int {
    guard let count = parseInteger(bytes(of: value)), count >= least, count <= most else {
      throw .badValue(option: option.name, value: value, expected: expected)
    }
    return count
  }

  /// Whether a file of this name is taken for a frame.
  func includes(_ name: UnsafePointer<CChar>) -> Bool {
    if patternCount == 0 { return PictureRule.accepts(name: name) }
    for index in 0..<patternCount {
      if let pattern = patterns[index], Glob(pattern).matches(name) { return true }
    }
    return false
  }
}
