/// What `sinf inspect` was asked for.
struct InspectOptions {
  var file: UnsafePointer<CChar>?
  /// A file of public keys, one of which must have signed the model.
  var trustedKey: UnsafePointer<CChar>?
  var verifies = false
  var showsPlan = false
  var showsLayers = false
  var format = Format.text
  var asksHelp = false

  init(_ arguments: inout Arguments) throws(UsageError) {
    while let operand = try nextOperand(&arguments) { try set(file: operand) }
    if file == nil, !asksHelp { throw .missingOperand("a model FILE") }
  }

  private mutating func set(file word: UnsafePointer<CChar>) throws(UsageError) {
    guard file == nil else { throw .unwantedOperand(word) }
    file = word
  }
}

extension InspectOptions: OptionTaker {
  static var command: Command { .inspect }

  mutating func take(_ option: Option, _ value: OptionValue) throws(UsageError) {
    switch option {
    case .model: if let path = value.text { try set(file: path) }
    case .trustedKey: trustedKey = value.text
    case .verify: verifies = true
    case .layers: showsLayers = true
    case .plan: showsPlan = true
    case .format: format = value.format ?? format
    case .help: asksHelp = true
    // Of other commands.
    default: break
    }
  }
}
