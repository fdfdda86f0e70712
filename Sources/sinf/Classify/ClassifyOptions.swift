import CSystem
import SINFPictures
import SINFRuntime

/// What `sinf classify` was asked for; `sinf watch` has the same options and more.
struct ClassifyOptions {
  var model: UnsafePointer<CChar>?
  var top = 1
  var format = Format.text
  /// nil: what the model and a large picture need.
  var memoryBytes: Int?
  var threads = 1
  /// nil: the model's own.
  var threshold: Float?
  /// A cluster's name or number, "auto" or "whole".
  var route: UnsafePointer<CChar>?
  var isRecursive = false
  var showsTimes = true
  /// Give up what is not needed once everything is open.
  var usesSandbox = true
  /// Rather do nothing than do it unconfined.
  var requiresSandbox = false
  /// Limit on a picture's width times height.
  var maximumPixels = FrameDecoder.suggestedMaximumPixels
  /// Time for decoding one picture.
  var frameTimeoutMilliseconds = DecoderProcess.suggestedTimeoutMilliseconds
  var asksHelp = false

  private enum Option: Int, Named {
    case model, top, format, memory, threads, threshold, route, recursive, noTimes, noSandbox
    case requireSandbox, maxPixels, frameTimeout, help, shortHelp

    var name: StaticString {
      switch self {
      case .model: "--model"
      case .top: "--top"
      case .format: "--format"
      case .memory: "--memory"
      case .threads: "--threads"
      case .threshold: "--threshold"
      case .route: "--route"
      case .recursive: "--recursive"
      case .noTimes: "--no-times"
      case .noSandbox: "--no-sandbox"
      case .requireSandbox: "--require-sandbox"
      case .maxPixels: "--max-pixels"
      case .frameTimeout: "--frame-timeout"
      case .help: "--help"
      case .shortHelp: "-h"
      }
    }
  }

  /// The next operand; options in front of it are taken in. nil at the end.
  mutating func nextOperand(
    _ arguments: inout Arguments
  ) throws(UsageError) -> UnsafePointer<CChar>? {
    while let word = arguments.word() {
      switch word {
      case .operand(let operand): return operand
      case .option(let name, let value):
        guard try take(name, value, &arguments) else {
          var suggestion = Suggestion(for: name)
          ClassifyOptions.suggest(&suggestion)
          throw .unknownOption(name, suggestion: suggestion.best)
        }
      }
    }
    return nil
  }

  /// Considers every option's name.
  static func suggest(_ suggestion: inout Suggestion) {
    Option.consider(for: &suggestion)
  }

  /// How an option is written that has a long name and is no request for help; nil for others.
  static func kind(of name: UnsafeBufferPointer<UInt8>) -> OptionKind? {
    switch Option(named: name) {
    case .recursive, .noTimes, .noSandbox, .requireSandbox: .flag
    case .help, .shortHelp, nil: nil
    default: .value
    }
  }

  /// Takes an option in, its value from behind it if it has one; false when it is none of these.
  mutating func take(
    _ name: UnsafeBufferPointer<UInt8>, _ attached: UnsafePointer<CChar>?,
    _ arguments: inout Arguments
  ) throws(UsageError) -> Bool {
    guard let option = Option(named: name) else { return false }
    switch option {
    case .recursive, .noTimes, .noSandbox, .requireSandbox, .help, .shortHelp:
      guard attached == nil else { throw .unwantedValue(option: option.name) }
    default: break
    }
    switch option {
    case .recursive: isRecursive = true
    case .noTimes: showsTimes = false
    case .noSandbox: usesSandbox = false
    case .requireSandbox: requiresSandbox = true
    case .help, .shortHelp: asksHelp = true
    default:
      guard let value = attached ?? arguments.take() else {
        throw .missingValue(option: option.name)
      }
      try set(option, value)
    }
    return true
  }

  private mutating func set(
    _ option: Option, _ value: UnsafePointer<CChar>
  ) throws(UsageError) {
    let text = bytes(of: value)
    switch option {
    case .model: model = value
    case .route: route = value
    case .top:
      guard let count = parseInteger(text), count >= 1, count <= ClassifyOptions.topLimit else {
        throw .badValue(
          option: option.name, value: value, expected: "a number of labels from 1 to 100")
      }
      top = count
    case .format:
      guard let choice = Format(named: text) else {
        throw .badValue(option: option.name, value: value, expected: "text, json or csv")
      }
      format = choice
    case .memory:
      guard let count = parseBytes(text), count > 0 else {
        throw .badValue(
          option: option.name, value: value,
          expected: "a number of bytes such as 8M, 512K or 6000000")
      }
      memoryBytes = count
    case .threads:
      guard let count = parseInteger(text), count >= 1, count <= Engine.mostThreads else {
        throw .badValue(
          option: option.name, value: value, expected: "a number of threads from 1 to 64")
      }
      threads = count
    case .threshold:
      guard let share = parseShare(text) else {
        throw .badValue(
          option: option.name, value: value, expected: "a share from 0 to 1 such as 0.85")
      }
      threshold = share
    case .maxPixels: maximumPixels = try ClassifyOptions.pixels(value)
    case .frameTimeout: frameTimeoutMilliseconds = try ClassifyOptions.timeout(value)
    case .recursive, .noTimes, .noSandbox, .requireSandbox, .help, .shortHelp: break
    }
  }

  /// The value of --max-pixels.
  static func pixels(_ value: UnsafePointer<CChar>) throws(UsageError) -> UInt64 {
    guard let count = parseBytes(bytes(of: value)), count >= 1 else {
      throw .badValue(
        option: "--max-pixels", value: value,
        expected: "a number of pixels such as 50000000, or 48M for units of 1048576")
    }
    return UInt64(count)
  }

  /// Milliseconds of --frame-timeout.
  static func timeout(_ value: UnsafePointer<CChar>) throws(UsageError) -> Int {
    guard let limit = parseMilliseconds(bytes(of: value)), limit >= 1, limit <= 3_600_000 else {
      throw .badValue(
        option: "--frame-timeout", value: value,
        expected: "a number of seconds from 0.001 to 3600 such as 10 or 0.5")
    }
    return limit
  }

  /// Throws: `.contradiction` of --no-sandbox and --require-sandbox.
  func checkSandbox() throws(UsageError) {
    if requiresSandbox, !usesSandbox { throw .contradiction("--no-sandbox", "--require-sandbox") }
  }

  /// The most labels a picture can be given.
  static let topLimit = 100
}
