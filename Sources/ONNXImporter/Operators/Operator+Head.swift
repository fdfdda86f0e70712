import SINFGraph

// What stands at the end of a classifier. The scores before it are the network's answer: what
// follows needs only their order, and has a softmax of its own.

extension Operator {
  static let heads: [Operator] = [
    Operator("Softmax", convert: softmax, passesHeads: true),
    Operator("LogSoftmax", convert: softmax, passesHeads: true),
    Operator("ArgMax", convert: best, passesHeads: true),
    Operator("TopK", convert: best, passesHeads: true),
  ]

  private static func softmax(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...1)
    let input = try builder.tensor(node, 0)
    let sizes = input.view.sizes
    let axis = try node.normalise(
      axis: try node.integer("axis") ?? (builder.opset < 13 ? 1 : -1), rank: sizes.count)
    // Before operator set 13 the axis begins the flattened part, afterwards it is the only one.
    let over = builder.opset < 13 ? Array(sizes[axis...]) : [sizes[axis]]
    return try head(builder, node, input, over: over, axis: axis)
  }

  /// The class of the highest score, or the classes of the highest ones.
  private static func best(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    let input = try builder.tensor(node, 0)
    let sizes = input.view.sizes
    let isArgMax = node.proto.opType == "ArgMax"
    try node.require("largest", 1, "the highest scores first")
    let axis = try node.normalise(
      axis: try node.integer("axis") ?? (isArgMax ? 0 : -1), rank: sizes.count)
    builder.warn(
      "the \(node.proto.opType) at the end was left out: the scores before it are used")
    return try head(builder, node, input, over: [sizes[axis]], axis: axis)
  }

  private static func head(
    _ builder: GraphBuilder, _ node: NodeReader, _ input: GraphBuilder.TensorValue, over: [Int],
    axis: Int
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    let shape = builder.shape(input)
    guard shape.pixels == 1, over.reduce(1, *) == shape.channels else {
      throw node.unsupported(
        "over axis \(axis) of a tensor of \(input.view.sizes); supported is one over the classes, "
          + "at the end. Inside a network it belongs to attention: \(Hint.transformer)")
    }
    return node.proto.output.map { _ in .head(input) }
  }
}
