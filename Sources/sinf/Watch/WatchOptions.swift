import SINFPictures
import SINFWatch

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
  /// Between scans that nothing asks for.
  var rescanSeconds = 30
  var isOnce = false
  var maximumQueue = 1024
  var order = FrameQueue.Order.oldestFirst
  var remember = 65_536
  /// 0: never.
  var rotateBytes = 0
  var rotateKeep = 3
  var heartbeat: UnsafePointer<CChar>?
  /// A file with options, taken in before the command line.
  private(set) var config: UnsafePointer<CChar>?
  private(set) var checksConfig = false
  private(set) var patterns = InlineArray<16, UnsafePointer<CChar>?>(repeating: nil)
  private(set) var patternCount = 0

  init() {
    shared.format = .json
  }

  private enum Option: Int, Named {
    case output, state, done, failed, deleteDone, settle, rescan, once, maxQueue, order, remember
    case rotateBytes, rotateKeep, heartbeat, include, config, checkConfig

    var name: StaticString {
      switch self {
      case .output: "--output"
      case .state: "--state"
      case .done: "--done"
      case .failed: "--failed"
      case .deleteDone: "--delete-done"
      case .settle: "--settle"
      case .rescan: "--rescan"
      case .once: "--once"
      case .maxQueue: "--max-queue"
      case .order: "--order"
      case .remember: "--remember"
      case .rotateBytes: "--rotate-bytes"
      case .rotateKeep: "--rotate-keep"
      case .heartbeat: "--heartbeat"
      case .include: "--include"
      case .config: "--config"
      case .checkConfig: "--check-config"
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

  /// Reads all words, and before them the file that --config names.
  mutating func read(_ arguments: Arguments) throws(StartError) {
    // Once for the file's name and to see that the words are in order; then for good.
    var first = WatchOptions()
    do throws(UsageError) {
      try first.read(words: arguments)
    } catch {
      throw .usage(error)
    }
    if let path = first.config {
      do throws(ConfigError) {
        try read(config: path)
      } catch {
        throw .config(path, error)
      }
      if first.folder != nil { folder = nil }
      if first.patternCount > 0 { patternCount = 0 }
    }
    do throws(UsageError) {
      try read(words: arguments)
      try check()
    } catch {
      throw .usage(error)
    }
  }

  private mutating func read(words: Arguments) throws(UsageError) {
    var words = words
    var hasOperand = false
    while let word = words.word() {
      switch word {
      case .operand(let operand):
        guard !hasOperand else { throw .unwantedOperand(operand) }
        hasOperand = true
        folder = operand
      case .option(let name, let value):
        guard try take(name, value, &words) else {
          throw .unknownOption(name, suggestion: WatchOptions.suggestion(for: name))
        }
      }
    }
  }

  /// The option that may have been meant.
  static func suggestion(for name: UnsafeBufferPointer<UInt8>) -> StaticString? {
    var suggestion = Suggestion(for: name)
    ClassifyOptions.suggest(&suggestion)
    Option.consider(for: &suggestion)
    return suggestion.best
  }

  /// How an option that may stand in a file is written; nil for what is none.
  static func kind(of name: UnsafeBufferPointer<UInt8>) -> OptionKind? {
    if let kind = ClassifyOptions.kind(of: name) { return kind }
    switch Option(named: name) {
    case .deleteDone, .once: return .flag
    case .config, .checkConfig, nil: return nil
    default: return .value
    }
  }

  /// Takes an option of a file in.
  mutating func take(
    _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafePointer<CChar>?
  ) throws(UsageError) {
    var none = Arguments.none
    _ = try take(name, value, &none)
  }

  private mutating func take(
    _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafePointer<CChar>?,
    _ arguments: inout Arguments
  ) throws(UsageError) -> Bool {
    if try shared.take(name, value, &arguments) { return true }
    guard let option = Option(named: name) else { return false }
    try take(option, value, &arguments)
    return true
  }

  /// What several options say together.
  private func check() throws(UsageError) {
    if shared.asksHelp { return }
    try shared.checkSandbox()
    if deletesDone, done != nil { throw .contradiction("--delete-done", "--done") }
    // Each replaces or cuts its file as it needs.
    if isSamePath(output, state) { throw .contradiction("--output", "--state") }
    if isSamePath(output, heartbeat) { throw .contradiction("--output", "--heartbeat") }
    if isSamePath(state, heartbeat) { throw .contradiction("--state", "--heartbeat") }
    if shared.format == .csv {
      throw .badValue(option: "--format", value: nil, expected: "text or json")
    }
    if shared.format == .text, output != nil {
      throw .badValue(option: "--format", value: nil, expected: "json where --output is given")
    }
  }

  private func isSamePath(
    _ a: UnsafePointer<CChar>?, _ b: UnsafePointer<CChar>?
  ) -> Bool {
    guard let a, let b else { return false }
    var index = 0
    while a[index] == b[index] {
      if a[index] == 0 { return true }
      index += 1
    }
    return false
  }

  private mutating func take(
    _ option: Option, _ attached: UnsafePointer<CChar>?, _ arguments: inout Arguments
  ) throws(UsageError) {
    switch option {
    case .deleteDone, .once, .checkConfig:
      guard attached == nil else { throw .unwantedValue(option: option.name) }
      switch option {
      case .once: isOnce = true
      case .deleteDone: deletesDone = true
      default: checksConfig = true
      }
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
    // As everywhere else, '-' is standard output.
    case .output: output = bytes(of: value) == "-" ? nil : value
    case .state: state = value
    case .done: done = value
    case .failed: failed = value
    case .heartbeat: heartbeat = value
    case .config: config = value
    case .settle:
      settleMilliseconds = try integer(
        option, value, 0, 3_600_000, "a number of milliseconds from 0 to 3600000")
    case .rescan:
      rescanSeconds = try integer(option, value, 1, 86_400, "a number of seconds from 1 to 86400")
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
      if let expected = expectedPattern(bytes(of: value)) {
        throw .badValue(option: option.name, value: value, expected: expected)
      }
      guard patternCount < patterns.count else {
        throw .badValue(
          option: option.name, value: value, expected: "one of at most 16 patterns")
      }
      patterns[patternCount] = value
      patternCount += 1
    case .deleteDone, .once, .checkConfig: break
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

  /// What the loop is to do; paths of the ledger as given.
  func settings(
    state: UnsafePointer<CChar>, freshState: UnsafePointer<CChar>
  ) -> WatchSettings {
    var settings = WatchSettings(
      folder: folder.unsafelyUnwrapped, state: state, freshState: freshState)
    settings.output = output
    settings.done = done
    settings.failed = failed
    settings.deletesDone = deletesDone
    settings.settleNanoseconds = UInt64(settleMilliseconds) * 1_000_000
    settings.rescanNanoseconds = UInt64(rescanSeconds) * 1_000_000_000
    settings.isOnce = isOnce
    settings.isRecursive = shared.isRecursive
    settings.maximumQueue = maximumQueue
    settings.order = order
    settings.remember = remember
    settings.rotateBytes = rotateBytes
    settings.rotateKeep = rotateKeep
    for index in 0..<patternCount {
      if let pattern = patterns[index] { _ = settings.include(pattern) }
    }
    return settings
  }
}
