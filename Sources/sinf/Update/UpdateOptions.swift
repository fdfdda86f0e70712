/// What `sinf update` was asked for.
struct UpdateOptions {
  var model: UnsafePointer<CChar>?
  var trustedKey: UnsafePointer<CChar>?
  var fresh: UnsafePointer<CChar>?
  var format = Format.text
  var asksHelp = false

  init(_ arguments: inout Arguments) throws(UsageError) {
    while let operand = try nextOperand(&arguments) {
      guard fresh == nil else { throw .unwantedOperand(operand) }
      fresh = operand
    }
    if asksHelp { return }
    if fresh == nil { throw .missingOperand("the NEW model") }
  }
}

extension UpdateOptions: OptionTaker {
  static var command: Command { .update }

  mutating func take(_ option: Option, _ value: OptionValue) throws(UsageError) {
    switch option {
    case .model: model = value.text
    case .trustedKey: trustedKey = value.text
    case .format: format = value.format ?? format
    case .help: asksHelp = true
    // Of other commands.
    default: break
    }
  }
}
