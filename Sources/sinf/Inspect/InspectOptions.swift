import CSystem

/// What `sinf inspect` was asked for.
struct InspectOptions {
  var file: UnsafePointer<CChar>?
  var showsPlan = false
  var showsLayers = false
  var format = Format.text
  var asksHelp = false

  private enum Option: Int, Named {
    case model, plan, layers, format, help, shortHelp

    var name: StaticString {
      switch self {
      case .model: "--model"
      case .plan: "--plan"
      case .layers: "--layers"
      case .format: "--format"
      case .help: "--help"
      case .shortHelp: "-h"
      }
    }
  }

  init(_ arguments: inout Arguments) throws(UsageError) {
    while let word = arguments.word() {
      switch word {
      case .operand(let operand):
        try set(file: operand)
      case .option(let name, let value):
        guard let option = Option(named: name) else {
          throw .unknownOption(name, suggestion: Option.suggestion(for: name))
        }
        if option == .format || option == .model {
          guard let value = value ?? arguments.take() else {
            throw .missingValue(option: option.name)
          }
          if option == .model {
            try set(file: value)
            continue
          }
          guard let choice = Format(named: bytes(of: value)), choice != .csv else {
            throw .badValue(option: option.name, value: value, expected: "text or json")
          }
          format = choice
        } else {
          guard value == nil else { throw .unwantedValue(option: option.name) }
          switch option {
          case .plan: showsPlan = true
          case .layers: showsLayers = true
          case .help, .shortHelp: asksHelp = true
          case .format, .model: break
          }
        }
      }
    }
    if file == nil, !asksHelp { throw .missingOperand("a model FILE") }
  }

  private mutating func set(file word: UnsafePointer<CChar>) throws(UsageError) {
    guard file == nil else { throw .unwantedOperand(word) }
    file = word
  }
}
