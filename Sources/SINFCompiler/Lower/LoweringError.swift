/// Why a network can't be quantised or laid out for the runtime: what was found, where, and what
/// would do.
public struct LoweringError: Error, Equatable, CustomStringConvertible {
  public var problem: String

  public init(_ problem: String) { self.problem = problem }

  public var description: String { problem }
}
