/// Why a graph could not be run on what it was given.
public enum ExecutionError: Error, Equatable, CustomStringConvertible {
  /// A wanted value depends on `value`, which was neither given nor made by a node.
  case missing(value: String)
  /// The tensor given for `value` is not of the shape that the graph says.
  case shapeMismatch(value: String, expected: Shape, found: Shape)
  /// The given tensors differ in their numbers of images.
  case countMismatch(value: String, expected: Int, found: Int)
  /// A node's operands don't fit its operation.
  case malformed(node: String, reason: String)

  public var description: String {
    switch self {
    case .missing(let value):
      "value '\(value)' is needed, but it was not given and no node to run makes it"
    case .shapeMismatch(let value, let expected, let found):
      "value '\(value)' has shape \(found), the graph expects \(expected)"
    case .countMismatch(let value, let expected, let found):
      "value '\(value)' holds \(found) images, the other values \(expected)"
    case .malformed(let node, let reason):
      "node '\(node)': \(reason)"
    }
  }
}
