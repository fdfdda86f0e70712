/// Height, width and channels of one image's tensor. A vector of C features is 1 x 1 x C.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
  public var height: Int
  public var width: Int
  public var channels: Int

  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  public var pixels: Int { height * width }
  public var count: Int { height * width * channels }
  public var description: String { "\(height)x\(width)x\(channels)" }
}

/// Names one tensor of a graph: an index into `Graph.values`.
public struct ValueID: Hashable, Sendable {
  public var index: Int
  public init(_ index: Int) { self.index = index }
}

/// A tensor of the graph, without its data.
public struct Value: Sendable {
  /// The name in the ONNX file, or one derived from the node that makes it.
  public var name: String
  public var shape: Shape

  public init(name: String, shape: Shape) {
    self.name = name
    self.shape = shape
  }
}

/// One operation with its operands. `inputs` come before the node in `Graph.nodes`' order.
public struct Node: Sendable {
  public var name: String
  public var operation: Operation
  public var inputs: [ValueID]
  public var output: ValueID

  public init(name: String, operation: Operation, inputs: [ValueID], output: ValueID) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.output = output
  }
}

/// A network in the few operations that SINF works on, in topological order, one image at a time
/// (the batch is the executor's matter). Tensors are NHWC throughout.
public struct Graph: Sendable {
  public var values: [Value]
  public var nodes: [Node]
  /// The normalised image.
  public var input: ValueID
  /// The class scores before any softmax: 1 x 1 x classes.
  public var output: ValueID

  public init(values: [Value], nodes: [Node], input: ValueID, output: ValueID) {
    self.values = values
    self.nodes = nodes
    self.input = input
    self.output = output
  }

  public subscript(id: ValueID) -> Value { values[id.index] }

  /// Index of the node that makes `id`, or nil for the graph's input.
  public func producer(of id: ValueID) -> Int? { nodes.firstIndex { $0.output == id } }

  /// Indices of the nodes that read `id`, in order.
  public func consumers(of id: ValueID) -> [Int] {
    nodes.indices.filter { nodes[$0].inputs.contains(id) }
  }

  /// Multiply-accumulates of one node for one image. Only convolutions (and so linear layers)
  /// count; padding taps count as if they were computed, the convention of the field.
  public func multiplyAccumulates(of node: Node) -> Int {
    guard case .convolution(let conv) = node.operation else { return 0 }
    return self[node.output].shape.pixels * conv.outputChannels * conv.kernelHeight
      * conv.kernelWidth * conv.inputChannelsPerGroup
  }

  /// Multiply-accumulates of the whole graph for one image.
  public var multiplyAccumulates: Int { nodes.reduce(0) { $0 + multiplyAccumulates(of: $1) } }
}
