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
  var unsure: UnsafePointer<CChar>?
  /// Equal answers in a row that are worth a line; 0: every answer is.
  var changes = 0
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
    shared.format = Watch.command.formats.unset
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
    while let operand = try nextOperand(&words) {
      guard !hasOperand else { throw .unwantedOperand(operand) }
      hasOperand = true
      folder = operand
    }
  }

  /// What several options say together.
  private func check() throws(UsageError) {
    if shared.asksHelp { return }
    try shared.checkSandbox()
    if deletesDone, done != nil { throw .contradiction(.deleteDone, .done) }
    // Each replaces or cuts its file as it needs.
    if isSamePath(output, state) { throw .contradiction(.output, .state) }
    if isSamePath(output, heartbeat) { throw .contradiction(.output, .heartbeat) }
    if isSamePath(state, heartbeat) { throw .contradiction(.state, .heartbeat) }
    if shared.format == .text, output != nil {
      throw .unfit(.format, nil, "json where --output is given")
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

  /// What the loop is to do; paths of the ledger as given.
  func settings(
    state: UnsafePointer<CChar>, freshState: UnsafePointer<CChar>
  ) -> WatchSettings {
    var settings = WatchSettings(
      folder: folder.unsafelyUnwrapped, state: state, freshState: freshState)
    settings.output = output
    settings.done = done
    settings.failed = failed
    settings.unsure = unsure
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

extension WatchOptions: OptionTaker {
  static var command: Command { .watch }

  mutating func take(_ option: Option, _ value: OptionValue) throws(UsageError) {
    switch option {
    // As everywhere else, '-' is standard output.
    case .output: output = value.text.flatMap { bytes(of: $0) == "-" ? nil : $0 }
    case .state: state = value.text
    case .done: done = value.text
    case .failed: failed = value.text
    case .unsure: unsure = value.text
    case .changes: changes = value.number
    case .heartbeat: heartbeat = value.text
    case .config: config = value.text
    case .settle: settleMilliseconds = value.number
    case .rescan: rescanSeconds = value.number
    case .maxQueue: maximumQueue = value.number
    case .remember: remember = value.number
    case .rotateKeep: rotateKeep = value.number
    case .rotateBytes: rotateBytes = value.number
    case .order: order = value.number == 0 ? .oldestFirst : .newestFirst
    case .include:
      guard patternCount < patterns.count else {
        throw .unfit(option, value.text, "one of at most 16 patterns")
      }
      patterns[patternCount] = value.text
      patternCount += 1
    case .once: isOnce = true
    case .deleteDone: deletesDone = true
    case .checkConfig: checksConfig = true
    default: try shared.take(option, value)
    }
  }
}
