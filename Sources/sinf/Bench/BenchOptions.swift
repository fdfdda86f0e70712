import SINFModel
import SINFRuntime

/// What `sinf bench` was asked for.
struct BenchOptions {
  /// What the commands that run a model have in common: model, memory, threads and route.
  var classify = ClassifyOptions()
  var format = Format.text
  /// What ends the measuring; nil for no such limit. Without either, `defaultMilliseconds`.
  var iterations: Int?
  var milliseconds: Int?
  var warmup = 20
  var isCold = false
  var showsLayers = false
  /// An earlier report to compare with.
  var baseline: UnsafePointer<CChar>?
  var asksHelp = false

  static let defaultMilliseconds = 3000

  private enum Option: Int, Named {
    case model, memory, threads, route, iterations, seconds, warmup, cold, layers, compare, format
    case maxPixels, frameTimeout, noSandbox, requireSandbox, help, shortHelp

    var name: StaticString {
      switch self {
      case .model: "--model"
      case .memory: "--memory"
      case .threads: "--threads"
      case .route: "--route"
      case .iterations: "--iterations"
      case .seconds: "--seconds"
      case .warmup: "--warmup"
      case .cold: "--cold"
      case .layers: "--layers"
      case .compare: "--compare"
      case .format: "--format"
      case .maxPixels: "--max-pixels"
      case .frameTimeout: "--frame-timeout"
      case .noSandbox: "--no-sandbox"
      case .requireSandbox: "--require-sandbox"
      case .help: "--help"
      case .shortHelp: "-h"
      }
    }

    var takesValue: Bool {
      switch self {
      case .cold, .layers, .noSandbox, .requireSandbox, .help, .shortHelp: false
      default: true
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
      case .option(let name, let attached):
        guard let option = Option(named: name) else {
          throw .unknownOption(name, suggestion: Option.suggestion(for: name))
        }
        guard option.takesValue else {
          guard attached == nil else { throw .unwantedValue(option: option.name) }
          set(option)
          continue
        }
        guard let value = attached ?? arguments.take() else {
          throw .missingValue(option: option.name)
        }
        try set(option, value)
      }
    }
    return nil
  }

  private mutating func set(_ option: Option) {
    switch option {
    case .cold: isCold = true
    case .layers: showsLayers = true
    case .noSandbox: classify.usesSandbox = false
    case .requireSandbox: classify.requiresSandbox = true
    default: asksHelp = true
    }
  }

  private mutating func set(
    _ option: Option, _ value: UnsafePointer<CChar>
  ) throws(UsageError) {
    let text = bytes(of: value)
    func number(_ range: ClosedRange<Int>, _ expected: StaticString) throws(UsageError) -> Int {
      guard let count = parseInteger(text), range.contains(count) else {
        throw .badValue(option: option.name, value: value, expected: expected)
      }
      return count
    }
    switch option {
    case .model: classify.model = value
    case .route: classify.route = value
    case .compare: baseline = value
    case .memory:
      guard let count = parseBytes(text), count > 0 else {
        throw .badValue(
          option: option.name, value: value,
          expected: "a number of bytes such as 8M, 512K or 6000000")
      }
      classify.memoryBytes = count
    case .threads:
      classify.threads = try number(
        1...Engine.mostThreads, "a number of threads from 1 to 64")
    case .iterations:
      iterations = try number(
        1...1_000_000_000, "a number of iterations from 1 to 1000000000")
    case .warmup:
      warmup = try number(0...1_000_000_000, "a number of iterations from 0 to 1000000000")
    case .seconds:
      guard let limit = parseMilliseconds(text), limit > 0 else {
        throw .badValue(
          option: option.name, value: value, expected: "a number of seconds such as 10 or 0.5")
      }
      milliseconds = limit
    case .format:
      guard let choice = Format(named: text), choice != .csv else {
        throw .badValue(option: option.name, value: value, expected: "text or json")
      }
      format = choice
    case .maxPixels: classify.maximumPixels = try ClassifyOptions.pixels(value)
    case .frameTimeout:
      classify.frameTimeoutMilliseconds = try ClassifyOptions.timeout(value)
    case .cold, .layers, .noSandbox, .requireSandbox, .help, .shortHelp: break
    }
  }
}
