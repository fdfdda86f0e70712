import ArgumentParser
import Foundation

/// A share as `sinf` takes it: "0.95" or "95%".
struct ShareArgument: ExpressibleByArgument {
  /// 0...1.
  var value: Double

  init?(argument: String) {
    let isPercent = argument.hasSuffix("%")
    let digits = isPercent ? String(argument.dropLast()) : argument
    guard let number = Double(digits.trimmingCharacters(in: .whitespaces)), number.isFinite
    else { return nil }
    value = isPercent ? number / 100 : number
    guard value >= 0 && value <= 1 else { return nil }
  }
}
