import ONNX
import SINFGraph

/// Turns the nodes of one ONNX graph into those of a `Graph`, one after the other.
///
/// ONNX tensors are N x C x H x W, the graph's are H x W x C. A tensor that ONNX has reshaped keeps
/// its place in the graph; only its dimensions as ONNX sees them change.
struct GraphBuilder {
  /// A tensor of the network.
  struct TensorValue {
    var id: ValueID
    /// Dimensions after the batch as ONNX sees them: [C, H, W], or [C * H * W] when flattened.
    var dims: [Int]
  }

  enum Operand {
    case tensor(TensorValue)
    case constant(Constant)
    /// What a softmax makes of a tensor.
    case softmax(TensorValue)
  }

  let file: String
  let opset: Int
  /// The batch size, where the file fixes one.
  let fixedBatch: Int?
  private let proto: Onnx_GraphProto
  private let reader: TensorReader
  private var initialisers: [String: Onnx_TensorProto] = [:]
  /// Which node makes a value.
  private var producers: [String: Int] = [:]
  private var operands: [String: Operand] = [:]
  private var values: [Value] = []
  private var nodes: [Node] = []
  private var warnings: [String] = []
  private let inputName: String

  init(_ proto: Onnx_GraphProto, file: String, opset: Int) throws(ImportError) {
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
    let dims: [Int]
    (fixedBatch, dims) = try imageDims(input, file: file)
    let shape =
      dims.count == 3
      ? Shape(height: dims[1], width: dims[2], channels: dims[0])
      : Shape(height: 1, width: 1, channels: dims[0])
    values.append(Value(name: inputName, shape: shape))
    operands[inputName] = .tensor(TensorValue(id: ValueID(0), dims: dims))
    if let fixedBatch, fixedBatch != 1 {
      warnings.append("the batch of \(fixedBatch) images that the file fixes was made variable")
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
      guard ONNXImporter.isStandard(domain: node.proto.domain) else {
        throw node.unsupported(
          "operator of the domain '\(node.proto.domain)'; supported are "
            + ONNXImporter.supportedOperators.joined(separator: ", "))
      }
      operands[node.output] = try convert(node)
    }

    var hasSoftmax = false
    let result: TensorValue
    switch operands[outputName] {
    case .tensor(let value): result = value
    case .softmax(let value):
      result = value
      hasSoftmax = true
    default:
      throw ImportError(
        .malformed, file: file,
        reason: "the graph's output '\(outputName)' does not depend on its input")
    }
    let shape = values[result.id.index].shape
    guard shape.pixels == 1, result.id != ValueID(0) else {
      throw ImportError(
        .unsupported, file: file,
        reason: "the graph's output '\(outputName)' is \(shape); supported is one score a class "
          + "(1x1xclasses), computed by at least one layer")
    }
    var graph = Graph(values: values, nodes: nodes, input: ValueID(0), output: result.id)
    graph.simplify()
    try verify(graph)
    return ImportedNetwork(
      graph: graph, name: proto.name, inputName: inputName, opset: opset, hasSoftmax: hasSoftmax,
      warnings: warnings)
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

  /// Adds a node to the graph; `dims` is what ONNX takes its output for, [C, H, W] unless said.
  mutating func emit(
    _ node: NodeReader, _ operation: SINFGraph.Operation, _ inputs: [TensorValue], _ shape: Shape,
    dims: [Int]? = nil
  ) throws(ImportError) -> Operand {
    guard boundedProduct([shape.height, shape.width, shape.channels]) != nil else {
      throw node.unsupported("output of \(shape) is above \(maximumNumbers) numbers")
    }
    let id = ValueID(values.count)
    values.append(Value(name: node.output, shape: shape))
    nodes.append(
      Node(name: node.name, operation: operation, inputs: inputs.map(\.id), output: id))
    return .tensor(
      TensorValue(id: id, dims: dims ?? [shape.channels, shape.height, shape.width]))
  }

  func shape(_ tensor: TensorValue) -> Shape { values[tensor.id.index].shape }

  /// Operand `index` of the node, which must be there.
  mutating func operand(_ node: NodeReader, _ index: Int) throws(ImportError) -> Operand {
    guard let name = node.input(index) else {
      throw node.malformed("operand \(index) is missing")
    }
    if let known = operands[name] { return known }
    if let proto = initialisers[name] {
      let constant = Operand.constant(try reader.constant(proto))
      operands[name] = constant
      return constant
    }
    throw node.malformed(
      producers[name] == nil
        ? "reads '\(name)', which is no input, no initialiser and no node's first output"
        : "reads '\(name)' before it is made: nodes must be in order, without cycles")
  }

  /// Operand `index`, which must be a tensor of the network.
  mutating func tensor(_ node: NodeReader, _ index: Int) throws(ImportError) -> TensorValue {
    switch try operand(node, index) {
    case .tensor(let value): return value
    case .constant:
      throw node.unsupported(
        "operand '\(node.input(index)!)' is a constant, supported is a tensor of the network")
    case .softmax:
      throw node.unsupported("reads a softmax, which is supported only as the last operation")
    }
  }

  /// Operand `index` as an image: [C, H, W] in the file and H x W x C in the graph.
  mutating func image(_ node: NodeReader, _ index: Int) throws(ImportError) -> TensorValue {
    let value = try tensor(node, index)
    let shape = shape(value)
    guard value.dims == [shape.channels, shape.height, shape.width] else {
      throw node.unsupported(
        "operand '\(node.input(index)!)' has dimensions \(value.dims) after the batch, "
          + "needs channels, height and width")
    }
    return value
  }

  /// Operand `index` as a constant, or nil where it is left out.
  mutating func constant(_ node: NodeReader, _ index: Int) throws(ImportError) -> Constant? {
    guard let name = node.input(index) else { return nil }
    guard case .constant(let constant) = try operand(node, index) else {
      throw node.unsupported("operand '\(name)' is computed, supported is a constant")
    }
    return constant
  }

  /// Operand `index` as finite weights of a shape that `accepts`, or nil where it is left out.
  mutating func weights(
    _ node: NodeReader, _ index: Int, _ expected: String, _ accepts: ([Int]) -> Bool
  ) throws(ImportError) -> (dims: [Int], values: [Float])? {
    guard let constant = try constant(node, index) else { return nil }
    guard case .floats(let values) = constant.content else {
      throw node.malformed("operand '\(node.input(index)!)' is integer, needs float")
    }
    guard accepts(constant.dims) else {
      throw node.malformed(
        "operand '\(node.input(index)!)' has dimensions \(constant.dims), needs \(expected)")
    }
    guard values.allSatisfy(\.isFinite) else {
      throw node.malformed("operand '\(node.input(index)!)' has numbers that are not finite")
    }
    return (constant.dims, values)
  }

  /// Operand `index` as a list of known integers, or nil where it is left out.
  mutating func integers(_ node: NodeReader, _ index: Int) throws(ImportError) -> [Int]? {
    guard let constant = try constant(node, index) else { return nil }
    guard case .integers(let values) = constant.content, constant.dims.count <= 1 else {
      throw node.malformed("operand '\(node.input(index)!)' is not a list of integers")
    }
    var known: [Int] = []
    for value in values {
      guard let value else {
        throw node.unsupported("operand '\(node.input(index)!)' depends on the batch size")
      }
      known.append(value)
    }
    return known
  }

  /// The constant of a `Constant` node's tensor.
  func constant(_ proto: Onnx_TensorProto) throws(ImportError) -> Constant {
    try reader.constant(proto)
  }
}

/// Most nodes of a file: far above any image classifier's, and few enough for passes that look at
/// every node after each change.
private let maximumNodes = 10_000

/// Batch size where fixed, and the dimensions after it, of the image input.
private func imageDims(
  _ input: Onnx_ValueInfoProto, file: String
) throws(ImportError) -> (batch: Int?, dims: [Int]) {
  func failure(_ kind: ImportError.Kind, _ reason: String) -> ImportError {
    ImportError(kind, file: file, place: .input(input.name), reason: reason)
  }
  guard case .tensorType(let type)? = input.type.value, type.hasShape else {
    throw failure(.malformed, "has no shape")
  }
  guard type.elemType == Int32(Onnx_TensorProto.DataType.float.rawValue) else {
    throw failure(.unsupported, "is of type \(type.elemType), supported is float (1)")
  }
  let all: [Int?] = type.shape.dim.map { dim in
    if case .dimValue(let value)? = dim.value, value > 0 { return Int(value) }
    return nil
  }
  let dims = all.dropFirst().compactMap { $0 }
  let described = all.map { $0.map(String.init) ?? "?" }.joined(separator: " x ")
  guard all.count == 4 || all.count == 2, dims.count == all.count - 1 else {
    throw failure(
      .unsupported, "is \(described); supported is N x C x H x W or N x F, all known but N")
  }
  guard dims.allSatisfy({ $0 <= 65535 }), boundedProduct(dims) != nil else {
    throw failure(.unsupported, "is \(described), too large")
  }
  return (all[0], dims)
}
