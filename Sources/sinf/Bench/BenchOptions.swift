/// What `sinf bench` was asked for.
struct BenchOptions {
  /// What the commands that run a model have in common.
  var classify = ClassifyOptions()
  /// What ends the measuring; nil for no such limit. Without either, `defaultMilliseconds`.
  var iterations: Int?
  var milliseconds: Int?
  var warmup = 20
  var isCold = false
  var showsLayers = false
  /// An earlier report to compare with.
  var baseline: UnsafePointer<CChar>?

  static let defaultMilliseconds = 3000
}

extension BenchOptions: OptionTaker {
  static var command: Command { .bench }

  mutating func take(_ option: Option, _ value: OptionValue) throws(UsageError) {
    switch option {
    case .iterations: iterations = value.number
    case .seconds: milliseconds = value.number
    case .warmup: warmup = value.number
    case .cold: isCold = true
    case .layerTimes: showsLayers = true
    case .compare: baseline = value.text
    default: try classify.take(option, value)
    }
  }
}
