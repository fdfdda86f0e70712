import SINFGraph

extension GraphBuilder {
  /// The node's first output.
  mutating func convert(_ node: NodeReader) throws(ImportError) -> Operand {
    switch node.proto.opType {
    case "Conv": return try convolution(node)
    case "BatchNormalization": return try batchNormalisation(node)
    case "Gemm": return try gemm(node)
    case "MatMul": return try matMul(node)
    case "MaxPool": return try pooling(node, maximum: true)
    case "AveragePool": return try pooling(node, maximum: false)
    case "GlobalAveragePool": return try globalPooling(node, maximum: false)
    case "GlobalMaxPool": return try globalPooling(node, maximum: true)
    case "ReduceMean": return try reduceMean(node)
    case "Pad": return try pad(node)
    case "Relu": return try activation(node, .relu)
    case "Clip": return try clip(node)
    case "Add", "Sub", "Mul", "Div": return try arithmetic(node)
    case "Concat": return try concat(node)
    case "Flatten": return try flatten(node)
    case "Reshape": return try reshape(node)
    case "Squeeze", "Unsqueeze": return try squeeze(node)
    case "Identity", "Dropout": return try identity(node)
    case "Softmax", "LogSoftmax": return try softmax(node)
    case "Constant": return .constant(try constantNode(node))
    case "Cast": return try cast(node)
    case "Shape": return .constant(try shapeOf(node))
    case "Gather": return .constant(try gather(node))
    case "Slice": return .constant(try slice(node))
    case "Transpose": return .constant(try transpose(node))
    default:
      throw node.unsupported(
        "operator not supported; supported are "
          + ONNXImporter.supportedOperators.joined(separator: ", "))
    }
  }
}
