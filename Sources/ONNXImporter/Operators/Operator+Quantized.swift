import SINFGraph

// Networks that another tool has quantised. Weights are taken at their real values, which 8 bits
// with one scale a channel hold again; activations are calibrated anew. Of the ranges of a
// quantised tensor only what stands for an activation is kept: one that begins at zero is where
// the tool has put a ReLU (or ReLU6).

extension Operator {
  static let quantized: [Operator] = [
    Operator("QuantizeLinear", convert: quantize, fold: foldQuantize),
    Operator("DequantizeLinear", convert: dequantize, fold: foldDequantize),
    Operator("QLinearConv", convert: convolution),
    Operator("QLinearMatMul", convert: matMul),
    Operator("QGemm", convert: gemm),
    Operator("QLinearAdd", convert: add),
    Operator("QLinearMul", convert: multiply),
    Operator("QLinearConcat", convert: concat),
    Operator("QLinearGlobalAveragePool", convert: globalAveragePool),
    Operator("QLinearAveragePool", convert: averagePool),
    Operator("QLinearSigmoid", convert: sigmoid),
    Operator("QLinearLeakyRelu", convert: leakyRelu),
  ]

  private static func quantize(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(2...3)
    return [
      .tensor(try builder.ranged(node, try builder.tensor(node, 0), scale: 1, zeroPoint: 2))
    ]
  }

  private static func foldQuantize(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    throw node.unsupported("of a constant; \(Hint.exportAgain)")
  }

  /// A quantised tensor is known by its real values already.
  private static func dequantize(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(2...3)
    return [.tensor(try builder.tensor(node, 0))]
  }

  private static func foldDequantize(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    try node.requireInputs(2...3)
    return [
      try node.dequantized(
        try node.present(operands, 0), scale: try node.present(operands, 1),
        zeroPoint: operands.count > 2 ? operands[2] : nil,
        axis: try node.integer("axis") ?? 1)
    ]
  }

  /// x, its scale and zero point, w, its scale and zero point, scale and zero point of y, bias.
  private static func convolution(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(8...9)
    let input = try builder.image(node, 0)
    let weights = try builder.dequantized(node, 3, axis: 0)
    guard weights.dims.count == 4, weights.dims.allSatisfy({ $0 > 0 }) else {
      throw node.malformed("weights have dimensions \(weights.dims)")
    }
    let bias = try builder.quantizedBias(node, 8, input: 1, weights: 4, outputs: weights.dims[0])
    let result = try builder.convolution(
      node, input, dims: weights.dims, weights: weights.floats, bias: bias)
    return [.tensor(try builder.ranged(node, result, scale: 6, zeroPoint: 7))]
  }

  private static func matMul(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(8...8)
    let matrix = try builder.quantizedMatrix(node, 3, transposed: false)
    let result = try builder.linear(
      node, try builder.tensor(node, 0), matrix,
      bias: [Float](repeating: 0, count: matrix.outputs))
    return [.tensor(try builder.ranged(node, result, scale: 6, zeroPoint: 7))]
  }

  /// A, its scale and zero point, B, its scale and zero point, C, scale and zero point of Y.
  private static func gemm(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(6...9)
    try node.require("transA", 0, "one row an image")
    let alpha = try node.finite("alpha", standard: 1)
    let matrix = try builder.quantizedMatrix(
      node, 3, transposed: try node.integer("transB") ?? 0 != 0)
    let bias = try builder.quantizedBias(
      node, 6, input: 1, weights: 4, outputs: matrix.outputs)
    let result = try builder.linear(
      node, try builder.tensor(node, 0), matrix.scaled(by: alpha),
      bias: bias?.map { $0 * alpha } ?? [Float](repeating: 0, count: matrix.outputs))
    return [.tensor(try builder.ranged(node, result, scale: 7, zeroPoint: 8))]
  }

  private static func add(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try binary(&builder, node, .add)
  }

  private static func multiply(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try binary(&builder, node, .multiply)
  }

  /// A, its scale and zero point, B, its scale and zero point, scale and zero point of C.
  private static func binary(
    _ builder: inout GraphBuilder, _ node: NodeReader, _ operation: ScalarFunction.Binary
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(7...8)
    func real(_ index: Int) throws(ImportError) -> GraphBuilder.Operand {
      if case .tensor(let value) = try builder.operand(node, index) { return .tensor(value) }
      return .constant(try builder.dequantized(node, index, axis: 0))
    }
    guard
      case .tensor(let result) = try builder.arithmetic(
        node, operation, try real(0), try real(3))
    else { throw node.unsupported("of two constants; \(Hint.exportAgain)") }
    return [.tensor(try builder.ranged(node, result, scale: 6, zeroPoint: 7))]
  }

  /// Scale and zero point of the result, then each operand with its own.
  private static func concat(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    guard node.proto.input.count >= 5, (node.proto.input.count - 2) % 3 == 0 else {
      throw node.malformed("has \(node.proto.input.count) operands, needs 2 and 3 for each tensor")
    }
    let places = stride(from: 2, to: node.proto.input.count, by: 3).map { $0 }
    return try builder.convert(node.standing(for: "Concat", operands: places))
  }

  private static func globalAveragePool(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    var operand = try builder.tensor(node, 0)
    guard try node.integer("channels_last") ?? 0 != 0 else {
      return try builder.convert(node.standing(for: "GlobalAveragePool", operands: [0]))
    }
    // N x H x W x C to N x 1 x 1 x C.
    guard operand.view.rank == 4 else { throw node.malformed("reads \(operand.view.sizes)") }
    operand.view = operand.view.transposed([0, 3, 1, 2])
    guard let image = try builder.image(operand, name: node.name + ".order") else {
      throw node.unsupported("reads no image")
    }
    var result = try builder.emit(
      node, .globalAveragePool, [image],
      Shape(height: 1, width: 1, channels: builder.shape(image).channels))
    result.view = result.view.transposed([0, 2, 3, 1])
    return [.tensor(result)]
  }

  private static func averagePool(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.require("channels_last", 0, "N x C x H x W")
    return try builder.convert(node.standing(for: "AveragePool", operands: [0]))
  }

  private static func sigmoid(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try builder.convert(node.standing(for: "Sigmoid", operands: [0]))
  }

  private static func leakyRelu(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try builder.convert(node.standing(for: "LeakyRelu", operands: [0]))
  }
}

extension GraphBuilder {
  /// `value` through the activation that its quantised range stands for.
  fileprivate mutating func ranged(
    _ node: NodeReader, _ value: TensorValue, scale: Int, zeroPoint: Int
  ) throws(ImportError) -> TensorValue {
    warn(
      "the file is quantised already: weights were taken at their real values, activations are "
        + "calibrated anew")
    guard value.id != ValueID(0), let zero = try storedZero(node, zeroPoint),
      let step = try constant(node, scale)?.uniform, step > 0, step.isFinite,
      zero.value == zero.range.lowerBound
    else { return value }
    // Behind anything else the bound can't be reached.
    switch operation(making: value) {
    case .convolution, .add, .multiply:
      let high = step * Float(zero.range.count - 1)
      return try elementwise(node, .clamp(low: 0, high: high), of: value)
    default: return value
    }
  }

  /// A zero point and the range of its type; nil where the file doesn't say.
  private mutating func storedZero(
    _ node: NodeReader, _ index: Int
  ) throws(ImportError) -> (value: Int, range: ClosedRange<Int>)? {
    guard let zeroPoint = try constant(node, index), let value = zeroPoint.uniform else {
      return nil
    }
    switch zeroPoint.element {
    case .uint8: return (Int(value), 0...255)
    case .int8: return (Int(value), -128...127)
    case .uint16: return (Int(value), 0...65535)
    case .int16: return (Int(value), -32768...32767)
    default: return nil
    }
  }

  /// Operand `index`, whose scale and zero point follow it, at its real values.
  fileprivate mutating func dequantized(
    _ node: NodeReader, _ index: Int, axis: Int
  ) throws(ImportError) -> Constant {
    guard let stored = try constant(node, index), let scale = try constant(node, index + 1) else {
      throw node.malformed("operand \(index) or its scale is missing")
    }
    return try node.dequantized(
      stored, scale: scale, zeroPoint: try constant(node, index + 2), axis: axis)
  }

  fileprivate mutating func quantizedMatrix(
    _ node: NodeReader, _ index: Int, transposed: Bool
  ) throws(ImportError) -> LinearMatrix {
    let real = try dequantized(node, index, axis: transposed ? 0 : 1)
    guard real.dims.count == 2, real.count > 0 else {
      throw node.malformed("weights have dimensions \(real.dims)")
    }
    let (depth, outputs) =
      transposed ? (real.dims[1], real.dims[0]) : (real.dims[0], real.dims[1])
    let values = real.floats
    return LinearMatrix(
      depth: depth, outputs: outputs,
      weights: transposed
        ? values
        : (0..<outputs * depth).map { values[$0 % depth * outputs + $0 / depth] })
  }

  /// Integers whose step is that of input and weights together.
  fileprivate mutating func quantizedBias(
    _ node: NodeReader, _ index: Int, input: Int, weights: Int, outputs: Int
  ) throws(ImportError) -> [Float]? {
    guard let stored = try constant(node, index) else { return nil }
    guard let step = try constant(node, input)?.uniform,
      let scales = try constant(node, weights)?.floats, stored.count == outputs,
      scales.count == 1 || scales.count == outputs
    else { throw node.malformed("its bias has \(stored.count) numbers for \(outputs) outputs") }
    return stored.floats.enumerated().map { $1 * step * scales[scales.count == 1 ? 0 : $0] }
  }
}

extension NodeReader {
  /// Whether it is one of ONNX Runtime's own that are supported under their names.
  var isRuntimeOperator: Bool {
    proto.domain == "com.microsoft"
      && (proto.opType.hasPrefix("Q") || ["Gelu", "DequantizeLinear"].contains(proto.opType))
  }

  /// (stored - zero point) * scale, each one number or one for each index of `axis`.
  fileprivate func dequantized(
    _ stored: Constant, scale: Constant, zeroPoint: Constant?, axis: Int
  ) throws(ImportError) -> Constant {
    let values = stored.floats
    let scales = scale.floats
    let zeros = zeroPoint?.floats ?? [0]
    var size = 1
    var inner = max(values.count, 1)
    if scales.count != 1 || zeros.count != 1 {
      let axis = try normalise(axis: axis, rank: stored.dims.count)
      size = stored.dims[axis]
      inner = stored.dims[(axis + 1)...].reduce(1, *)
    }
    guard scales.count == 1 || scales.count == size, zeros.count == 1 || zeros.count == size,
      scales.allSatisfy({ $0.isFinite })
    else {
      throw unsupported(
        "has \(scales.count) scales and \(zeros.count) zero points for a tensor of \(stored.dims); "
          + "supported is one, or one for each index of the axis")
    }
    return Constant(
      dims: stored.dims,
      content: .floats(
        values.indices.map { place in
          let index = place / inner % size
          return (values[place] - zeros[zeros.count == 1 ? 0 : index])
            * scales[scales.count == 1 ? 0 : index]
        }))
  }

  /// This node as one of another operator, with some of its operands.
  fileprivate func standing(for operation: String, operands: [Int]) -> NodeReader {
    var proto = proto
    proto.opType = operation
    proto.domain = ""
    proto.input = operands.map { self.proto.input[$0] }
    return NodeReader(proto: proto, file: file, index: index, opset: opset)
  }
}
