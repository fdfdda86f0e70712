import SINFGraph

extension GraphBuilder {
  /// `alpha * A * B + beta * C` with A a vector an image and B, C constant.
  mutating func gemm(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(2...3)
    try node.require("transA", 0, "one row an image")
    let transposed = try node.integer("transB") ?? 0 != 0
    let alpha = try node.float("alpha") ?? 1
    let beta = try node.float("beta") ?? 1
    guard alpha.isFinite, beta.isFinite else {
      throw node.malformed("alpha is \(alpha) and beta \(beta)")
    }
    return try linear(node, transposed: transposed, alpha: alpha, beta: beta)
  }

  mutating func matMul(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(2...2)
    return try linear(node, transposed: false, alpha: 1, beta: 0)
  }

  /// A linear layer as a convolution whose kernel covers the image that its vector was.
  private mutating func linear(
    _ node: NodeReader, transposed: Bool, alpha: Float, beta: Float
  ) throws(ImportError) -> Operand {
    let input = try tensor(node, 0)
    let inputShape = shape(input)
    let depth = inputShape.count
    guard input.dims.count == 1 else {
      throw node.unsupported(
        "operand '\(node.input(0)!)' has dimensions \(input.dims) after the batch, needs a vector")
    }
    let rows = transposed ? 1 : 0
    guard
      let (dims, values) = try weights(
        node, 1, transposed ? "[outputs, \(depth)]" : "[\(depth), outputs]",
        { $0.count == 2 && $0[rows] == depth && $0[1 - rows] > 0 })
    else { throw node.malformed("has no weights") }
    let outputs = dims[1 - rows]

    var bias = [Float](repeating: 0, count: outputs)
    if let constant = try weights(
      node, 2, "[\(outputs)], [1, \(outputs)] or one number",
      {
        $0.count <= 2 && $0.dropLast().allSatisfy { $0 == 1 }
          && [1, outputs].contains($0.last ?? 1)
      })
    {
      for output in 0..<outputs {
        bias[output] = beta * constant.values[constant.values.count == 1 ? 0 : output]
      }
    }

    // The file counts a flattened image's numbers [channel][row][column]; the graph's kernel is
    // [row][column][channel].
    let (channels, pixels) = (inputShape.channels, inputShape.pixels)
    var permuted = [Float](repeating: 0, count: values.count)
    for output in 0..<outputs {
      for channel in 0..<channels {
        for pixel in 0..<pixels {
          let source = channel * pixels + pixel
          permuted[output * depth + pixel * channels + channel] =
            alpha * values[transposed ? output * depth + source : source * outputs + output]
        }
      }
    }
    let convolution = Convolution(
      inputChannels: channels, outputChannels: outputs, kernelHeight: inputShape.height,
      kernelWidth: inputShape.width, weights: permuted, bias: bias)
    return try emit(
      node, .convolution(convolution), [input], Shape(height: 1, width: 1, channels: outputs),
      dims: [outputs])
  }
}
