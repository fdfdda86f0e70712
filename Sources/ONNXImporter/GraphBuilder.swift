import ONNX
import SINFGraph

/// Turns the nodes of one ONNX graph into those of a `Graph`, one after the other.
///
/// Shapes are computed with the batch of the file, or one image where it leaves that open. What
/// depends on constants alone is computed at once.
struct GraphBuilder {
  /// A tensor of the network, and how ONNX indexes it.
  struct TensorValue: Hashable {
    var id: ValueID
    var view: View
  }

  enum Operand {
    case tensor(TensorValue)
    case constant(Constant)
    /// What a head (softmax, choice of the best class, ...) makes of the scores in a tensor.
    case head(TensorValue)
  }

  /// What a value is of another one: `function` of each number of `root`.
  struct Definition {
    var root: TensorValue
    var function: ScalarFunction
  }

  let file: String
  let opset: Int
  /// Images that the file computes at once.
  let batch: Int
  let inputName: String
  private let proto: Onnx_GraphProto
  private let reader: TensorReader
  private var initialisers: [String: Onnx_TensorProto] = [:]
  /// Which node makes a value.
  private var producers: [String: Int] = [:]
  private var operands: [String: Operand] = [:]
  private(set) var values: [Value] = []
  private var nodes: [Node] = []
  private(set) var warnings: [String] = []
  private var hasHead = false
  /// By value: what it is elementwise of an earlier one.
  var definitions: [ValueID: Definition] = [:]
  /// Images that views were already turned into.
  var images: [TensorValue: TensorValue] = [:]

  init(
    _ proto: Onnx_GraphProto, file: String, opset: Int, size: InputSize?
  ) throws(ImportError) {
    guard proto.node.count <= maximumNodes else {
      throw ImportError(
        .unsupported, file: file,
        reason: "has \(proto.node.count) nodes; supported are up to \(maximumNodes)")
    }
    self.proto = proto
    self.file = file
    self.opset = opset
    reader = TensorReader(file: file)
    for tensor in proto.initializer {
      guard initialisers.updateValue(tensor, forKey: tensor.name) == nil else {
        throw ImportError(
          .malformed, file: file, place: .tensor(tensor.name), reason: "is there twice")
      }
    }
    let constants = initialisers
    let inputs = proto.input.filter { constants[$0.name] == nil }
    guard inputs.count == 1, let input = inputs.first else {
      throw ImportError(
        .unsupported, file: file,
        reason: "the network has \(inputs.count) inputs (\(inputs.map(\.name))); "
          + "supported is one, the image")
    }
    inputName = input.name
    let form = try InputForm(input, file: file, size: size)
    batch = form.batch
    values.append(Value(name: inputName, shape: form.shape))
    operands[inputName] = .tensor(TensorValue(id: ValueID(0), view: form.view))
    if form.batch > 1 {
      warnings.append("the batch of \(form.batch) images that the file fixes was made variable")
    }
    for (index, node) in proto.node.enumerated() {
      for name in node.output where !name.isEmpty {
        guard
          producers.updateValue(index, forKey: name) == nil, name != inputName,
          initialisers[name] == nil
        else {
          throw NodeReader(proto: node, file: file, index: index, opset: opset)
            .malformed("makes '\(name)', which is there already")
        }
      }
    }
  }

  mutating func build() throws(ImportError) -> ImportedNetwork {
    guard let outputName = proto.output.first?.name else {
      throw ImportError(.malformed, file: file, reason: "the graph has no output")
    }
    if proto.output.count > 1 {
      let others = proto.output.dropFirst().map { "'\($0.name)'" }.joined(separator: ", ")
      warnings.append("outputs besides the first were left out: \(others)")
    }
    let needed = try neededNodes(for: outputName)
    for index in proto.node.indices where needed.contains(index) {
      let node = NodeReader(proto: proto.node[index], file: file, index: index, opset: opset)
      for (name, operand) in zip(node.proto.output, try convert(node)) where !name.isEmpty {
        operands[name] = operand
      }
    }

    let found: TensorValue
    switch operands[outputName] {
    case .tensor(let value): found = beforeSigmoid(value)
    case .head(let value):
      found = value
      hasHead = true
    default:
      throw ImportError(
        .malformed, file: file,
        reason: "the graph's output '\(outputName)' does not depend on its input")
    }
    let shape = shape(found)
    guard shape.pixels == 1, found.id != ValueID(0) else {
      throw ImportError(
        .unsupported, file: file,
        reason: "the graph's output '\(outputName)' is \(shape); supported is one score a class "
          + "(1x1xclasses), computed by at least one layer")
    }
    let result = try scores(found)
    var graph = Graph(values: values, nodes: nodes, input: ValueID(0), output: result.id)
    graph.simplify()
    try verify(graph)
    return ImportedNetwork(
      graph: graph, name: proto.name, inputName: inputName, opset: opset, hasSoftmax: hasHead,
      warnings: warnings)
  }

  /// The scores that a closing sigmoid reads: it changes no order.
  private mutating func beforeSigmoid(_ value: TensorValue) -> TensorValue {
    guard let definition = definitions[value.id], definition.function == .sigmoid else {
      return value
    }
    hasHead = true
    warnings.append(
      "the sigmoid at the end was left out: the order of the classes is that of the scores before "
        + "it, the shares that are printed are a softmax of them")
    return TensorValue(id: definition.root.id, view: value.view)
  }

  /// The scores in the order of the file's classes.
  private mutating func scores(_ value: TensorValue) throws(ImportError) -> TensorValue {
    let channels = shape(value).channels
    guard let view = value.view.reshaped(to: [batch, channels, 1, 1]),
      let image = try image(TensorValue(id: value.id, view: view), name: "scores")
    else {
      throw ImportError(
        .unsupported, file: file, reason: "the scores are in dimensions \(value.view.sizes)")
    }
    return image
  }

  /// Nodes that `output` depends on.
  private mutating func neededNodes(for output: String) throws(ImportError) -> Set<Int> {
    guard let last = producers[output] else {
      throw ImportError(
        .malformed, file: file, reason: "no node makes the graph's output '\(output)'")
    }
    var needed: Set<Int> = [last]
    var open = [last]
    while let index = open.popLast() {
      for name in proto.node[index].input {
        if let producer = producers[name], needed.insert(producer).inserted {
          open.append(producer)
        }
      }
    }
    let unused = proto.node.count - needed.count
    if unused > 0 {
      warnings.append("\(unused) nodes that the output does not depend on were left out")
    }
    return needed
  }

  /// What joining could have broken: products of weights and scales above the range of Float.
  private func verify(_ graph: Graph) throws(ImportError) {
    do throws(ExecutionError) {
      try graph.check()
    } catch {
      throw ImportError(.malformed, file: file, reason: error.description)
    }
    for node in graph.nodes {
      guard case .convolution(let conv) = node.operation else { continue }
      guard conv.weights.allSatisfy(\.isFinite), conv.bias.allSatisfy(\.isFinite) else {
        throw ImportError(
          .malformed, file: file,
          reason: "the weights that lead to '\(graph[node.output].name)' are not all finite "
            + "once scales are multiplied in")
      }
    }
  }

  // MARK: For the operators

  /// Adds a node to the graph; its output is N x C x H x W to ONNX unless a view is given.
  mutating func emit(
    _ name: String, _ operation: SINFGraph.Operation, _ inputs: [TensorValue], _ shape: Shape,
    view: View? = nil
  ) -> TensorValue {
    let id = ValueID(values.count)
    values.append(Value(name: name, shape: shape))
    nodes.append(Node(name: name, operation: operation, inputs: inputs.map(\.id), output: id))
    return TensorValue(id: id, view: view ?? View(image: shape, batch: batch))
  }

  /// The same for a node of the file.
  mutating func emit(
    _ node: NodeReader, _ operation: SINFGraph.Operation, _ inputs: [TensorValue], _ shape: Shape,
    view: View? = nil
  ) throws(ImportError) -> TensorValue {
    guard boundedProduct([batch, shape.height, shape.width, shape.channels]) != nil else {
      throw node.unsupported("output of \(shape) is above \(maximumNumbers) numbers")
    }
    return emit(node.name, operation, inputs, shape, view: view)
  }

  mutating func warn(_ text: String) {
    if !warnings.contains(text) { warnings.append(text) }
  }

  func shape(_ tensor: TensorValue) -> Shape { values[tensor.id.index].shape }

  /// The operation that makes `value`, which is not the image.
  func operation(making value: TensorValue) -> SINFGraph.Operation? {
    nodes.last { $0.output == value.id }?.operation
  }

  /// Whether `name` is made by a node that comes later, if at all.
  func isMadeLater(_ name: String) -> Bool { producers[name] != nil }

  mutating func known(_ name: String) throws(ImportError) -> Operand? {
    if let known = operands[name] { return known }
    guard let proto = initialisers[name] else { return nil }
    let constant = Operand.constant(try reader.constant(proto))
    operands[name] = constant
    return constant
  }

  /// The constant of a `Constant` node's tensor.
  func constant(_ proto: Onnx_TensorProto) throws(ImportError) -> Constant {
    try reader.constant(proto)
  }
}

/// Most nodes of a file: far above any image classifier's, and few enough for passes that look at
/// every node after each change.
private let maximumNodes = 10_000
