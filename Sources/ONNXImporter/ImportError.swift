/// Why an ONNX file could not be imported: which file, which place in it, what was found and what
/// would have been right.
public struct ImportError: Error, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// The file, or the weight file that it names, can't be read.
    case unreadable
    /// The file breaks a rule of its format.
    case malformed
    /// The file is well formed, but uses something that is not supported.
    case unsupported
  }

  public enum Place: Equatable, Sendable {
    case file
    /// A weight or constant, by its name.
    case tensor(String)
    /// An input of the graph, by its name.
    case input(String)
    /// A node: its index among the graph's nodes, its name (may be empty), operator, first output.
    case node(index: Int, name: String, operation: String, output: String)
  }

  public var kind: Kind
  public var file: String
  public var place: Place
  public var reason: String

  public init(_ kind: Kind, file: String, place: Place = .file, reason: String) {
    self.kind = kind
    self.file = file
    self.place = place
    self.reason = reason
  }

  public var description: String {
    let place =
      switch place {
      case .file: ""
      case .tensor(let name): "tensor '\(name)': "
      case .input(let name): "input '\(name)': "
      case .node(let index, let name, let operation, let output):
        "node \(index) \(name.isEmpty ? "" : "'\(name)' ")(\(operation), output '\(output)'): "
      }
    return "\(file): \(place)\(reason)"
  }
}
