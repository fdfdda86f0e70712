import SINFGraph

extension Operator {
  static let linears = [
    Operator("Gemm", convert: gemm),
    Operator("MatMul", convert: matMul),
  ]

  /// `alpha * A * B + beta * C` with A a vector an image and B, C constant.
  private static func gemm(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(2...3)
    try node.require("transA", 0, "one row an image")
    let alpha = try node.float("alpha") ?? 1
    let beta = try node.float("beta") ?? 1
    guard alpha.isFinite, beta.isFinite else {
      throw node.malformed("alpha is \(alpha) and beta \(beta)")
    }
    let input = try builder.tensor(node, 0)
    let transposed = try node.integer("transB") ?? 0 != 0
    let matrix = try builder.matrix(node, 1, transposed: transposed, reading: input)
    var bias = [Float](repeating: 0, count: matrix.outputs)
    if let constant = try builder.weights(
      node, 2, "[\(matrix.outputs)], [1, \(matrix.outputs)] or one number",
      {
        $0.count <= 2 && $0.dropLast().allSatisfy { $0 == 1 }
          && [1, matrix.outputs].contains($0.last ?? 1)
      })
    {
      for output in bias.indices {
        bias[output] = beta * constant.values[constant.values.count == 1 ? 0 : output]
      }
    }
    return [.tensor(try builder.linear(node, input, matrix.scaled(by: alpha), bias: bias))]
  }

  private static func matMul(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(2...2)
    if case .tensor = try builder.operand(node, 0), case .tensor = try builder.operand(node, 1) {
      throw node.unsupported(
        "multiplies two computed tensors, as attention does; \(Hint.transformer)")
    }
    let input = try builder.tensor(node, 0)
    let matrix = try builder.matrix(node, 1, transposed: false, reading: input)
    let bias = [Float](repeating: 0, count: matrix.outputs)
    return [.tensor(try builder.linear(node, input, matrix, bias: bias))]
  }
}

/// A constant matrix: one row of `depth` weights an output.
struct LinearMatrix {
  var depth: Int
  var outputs: Int
  var weights: [Float]

  func scaled(by factor: Float) -> LinearMatrix {
    var result = self
    if factor != 1 { result.weights = weights.map { $0 * factor } }
    return result
  }
}

extension GraphBuilder {
  /// Operand `index` as the matrix that multiplies the last dimension of `input`.
  mutating func matrix(
    _ node: NodeReader, _ index: Int, transposed: Bool, reading input: TensorValue
  ) throws(ImportError) -> LinearMatrix {
    let depth = input.view.sizes.last ?? 1
    let rows = transposed ? 1 : 0
    guard
      let (dims, values) = try weights(
        node, index, transposed ? "[outputs, \(depth)]" : "[\(depth), outputs]",
        { $0.count == 2 && $0[rows] == depth && $0[1 - rows] > 0 })
    else { throw node.malformed("has no weights") }
    let outputs = dims[1 - rows]
    if transposed { return LinearMatrix(depth: depth, outputs: outputs, weights: values) }
    var turned = [Float](repeating: 0, count: values.count)
    for row in 0..<depth {
      for output in 0..<outputs { turned[output * depth + row] = values[row * outputs + output] }
    }
    return LinearMatrix(depth: depth, outputs: outputs, weights: turned)
  }

  /// A linear layer over the last dimension: a convolution whose kernel covers the whole image
  /// where that dimension does, and one of 1x1 where it is the channels of each pixel.
  mutating func linear(
    _ node: NodeReader, _ input: TensorValue, _ matrix: LinearMatrix, bias: [Float]
  ) throws(ImportError) -> TensorValue {
    let inputShape = shape(input)
    let view = input.view
    guard let last = view.dims.indices.last else {
      throw node.malformed("operand '\(node.input(0)!)' is one number, needs a vector")
    }
    let isWhole = matrix.depth == inputShape.count
    let isPointwise =
      matrix.depth == inputShape.channels && view.dims[last].allSatisfy { $0.axis == .channel }
    guard isWhole || isPointwise, last == 0 || isBatch(view.dims[0]) else {
      throw node.unsupported(
        "operand '\(node.input(0)!)' has dimensions \(view.sizes); supported is a vector an image, "
          + "or the channels of each pixel in the last dimension")
    }
    let (height, width) = isWhole ? (inputShape.height, inputShape.width) : (1, 1)
    let channels = inputShape.channels
    let places = view.places(of: [last]).map {
      ($0.row * width + $0.column) * channels + $0.channel
    }
    var permuted = [Float](repeating: 0, count: matrix.weights.count)
    for output in 0..<matrix.outputs {
      let row = output * matrix.depth
      for (index, place) in places.enumerated() {
        permuted[row + place] = matrix.weights[row + index]
      }
    }
    let convolution = Convolution(
      inputChannels: channels, outputChannels: matrix.outputs, kernelHeight: height,
      kernelWidth: width, weights: permuted, bias: bias)
    let output = Shape(
      height: isWhole ? 1 : inputShape.height, width: isWhole ? 1 : inputShape.width,
      channels: matrix.outputs)
    return try emit(
      node, .convolution(convolution), [input], output,
      view: view.replacing(
        last, by: [Factor(axis: .channel, size: matrix.outputs, step: 1)]))
  }
}
