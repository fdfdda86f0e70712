import SINFGraph

/// One ONNX operator that is supported: its name, and what it becomes.
///
/// The lists of `all` are at once what is supported and how it is found. To add an operator, write
/// its function and its entry in the file of its kind.
struct Operator: Sendable {
  /// What a node makes of operands some of which depend on the image: one operand an output.
  typealias Conversion =
    @Sendable (inout GraphBuilder, NodeReader) throws(ImportError) -> [GraphBuilder.Operand]
  /// What a node makes of constants alone; an operand that is left out is nil.
  typealias Folding = @Sendable (NodeReader, [Constant?]) throws(ImportError) -> [Constant]

  var name: String
  /// Nil for an operator that is supported on constants only.
  var convert: Conversion?
  /// Nil where the operator never meets constants alone.
  var fold: Folding?
  /// Whether it may stand behind a head: the scores remain the network's answer.
  var passesHeads = false

  init(
    _ name: String, convert: Conversion? = nil, fold: Folding? = nil, passesHeads: Bool = false
  ) {
    self.name = name
    self.convert = convert
    self.fold = fold
    self.passesHeads = passesHeads
  }

  static let all: [Operator] =
    convolutions + linears + activations + arithmetic + poolings + reductions + dimensions
    + selections + joins + heads + quantized + constants

  static let named = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

extension GraphBuilder {
  /// What the node makes, one operand an output.
  mutating func convert(_ node: NodeReader) throws(ImportError) -> [Operand] {
    guard ONNXImporter.isStandard(domain: node.proto.domain) || node.isRuntimeOperator,
      let known = Operator.named[node.proto.opType]
    else { throw node.unsupported(Hint.unknown(node.proto.opType, domain: node.proto.domain)) }

    var inputs: [Operand?] = []
    for index in node.proto.input.indices {
      inputs.append(node.input(index) == nil ? nil : try operand(node, index))
    }
    if known.passesHeads {
      for case .head(let scores)? in inputs {
        return node.proto.output.map { _ in .head(scores) }
      }
    }
    var constants: [Constant?] = []
    for input in inputs {
      switch input {
      case .constant(let constant)?: constants.append(constant)
      case nil: constants.append(nil)
      default: break
      }
    }
    if let fold = known.fold, constants.count == inputs.count {
      return try fold(node, constants).map(Operand.constant)
    }
    guard let convert = known.convert else {
      throw node.unsupported(
        "supported on constants and shapes only, and an operand depends on the image; "
          + Hint.exportAgain)
    }
    return try convert(&self, node)
  }
}
