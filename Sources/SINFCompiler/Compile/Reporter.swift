/// Where a long compilation tells what it is doing. All calls come from one thread at a time.
public protocol Reporter: Sendable {
  /// A step begins; the step before it is done.
  func begin(_ step: String)
  /// Share of the current step that is done, 0 ... 1.
  func advance(_ share: Double)
  /// A fact worth a line of its own.
  func note(_ text: String)
}

/// Says nothing.
public struct SilentReporter: Reporter {
  public init() {}
  public func begin(_ step: String) {}
  public func advance(_ share: Double) {}
  public func note(_ text: String) {}
}
