/// How long an operation took, over all its runs.
public struct OperationTimes: Sendable {
  public private(set) var runs: UInt64 = 0
  public private(set) var totalNanoseconds: UInt64 = 0
  /// Of the quickest run; 0 before the first.
  public private(set) var leastNanoseconds: UInt64 = 0

  public init() {}

  /// Nanoseconds a run; 0 before the first.
  public var meanNanoseconds: UInt64 { runs == 0 ? 0 : totalNanoseconds / runs }

  mutating func add(_ nanoseconds: UInt64) {
    leastNanoseconds = runs == 0 ? nanoseconds : min(leastNanoseconds, nanoseconds)
    totalNanoseconds &+= nanoseconds
    runs &+= 1
  }
}
