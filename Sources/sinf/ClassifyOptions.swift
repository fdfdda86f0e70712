import CSystem
import SINFRuntime

/// What `sinf classify` was asked for.
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
  var asksHelp = false

  private enum Option: Int, Named {
    case model, top, format, memory, threads, threshold, route, recursive, noTimes, help, shortHelp

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
        guard let option = Option(named: name) else {
          throw .unknownOption(name, suggestion: Option.suggestion(for: name))
        }
        try take(option, value, &arguments)
      }
    }
    return nil
  }

  private mutating func take(
    _ option: Option, _ attached: UnsafePointer<CChar>?, _ arguments: inout Arguments
  ) throws(UsageError) {
    switch option {
    case .recursive, .noTimes, .help, .shortHelp:
      guard attached == nil else { throw .unwantedValue(option: option.name) }
    default: break
    }
    switch option {
    case .recursive: isRecursive = true
    case .noTimes: showsTimes = false
    case .help, .shortHelp: asksHelp = true
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
    case .recursive, .noTimes, .help, .shortHelp: break
    }
  }

  /// The most labels a picture can be given.
  static let topLimit = 100
}
