/// A share, or a difference of two, with its standard error: what chance in the choice of images
/// makes of it.
public struct Estimate: Sendable, Equatable {
  /// 0...1; -1...1 for a difference.
  public var value: Double
  public var error: Double

  /// Share of `count` images. One more right and one more wrong image are assumed for the error, so
  /// that all right does not count as certain.
  public init(right: Int, of count: Int) {
    value = Double(right) / Double(max(count, 1))
    let share = Double(right + 1) / Double(count + 2)
    error = (share * (1 - share) / Double(count + 2)).squareRoot()
  }

  /// The share of `count` images that was counted before.
  public init(_ share: Double, of count: Int) {
    self.init(right: Int((share * Double(count)).rounded()), of: count)
  }

  /// How much more often `a` is right than `b` on the same images. What both get right or wrong
  /// says nothing, so this is much sharper than the difference of two estimates.
  public init(of a: [Bool], over b: [Bool]) {
    precondition(a.count == b.count)
    let count = Double(max(a.count, 1))
    let gained = Double(zip(a, b).count { $0 && !$1 })
    let lost = Double(zip(a, b).count { !$0 && $1 })
    value = (gained - lost) / count
    error = (gained + lost + 1 - (gained - lost) * (gained - lost) / count).squareRoot() / count
  }

  /// Whether the share is larger than `least` and three standard errors: several candidates are
  /// compared, and two errors would find one that is better by chance too often.
  func isClear(above least: Double) -> Bool { value >= least && value >= 3 * error }

  /// "63.0 ± 2.4 %".
  public var percent: String { "\(plain) %" }
  /// "63.0 ± 2.4", in per cent.
  public var plain: String { "\(Self.tenths(value)) ± \(Self.tenths(error))" }
  /// "37.7 ± 2.5 points".
  public var points: String { "\(Self.tenths(value)) ± \(Self.tenths(error)) points" }

  private static func tenths(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }
}
