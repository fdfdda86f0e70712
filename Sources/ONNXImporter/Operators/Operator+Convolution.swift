import SINFGraph

extension Operator {
  static let convolutions = [
    Operator("Conv", convert: convolution),
    Operator("BatchNormalization", convert: batchNormalization),
  ]

  private static func convolution(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(2...3)
    let input = try builder.image(node, 0)
    guard
      let weights = try builder.weights(
        node, 1, "outputs, inputs a group, height and width, none of them zero",
        { $0.count == 4 && $0.allSatisfy { $0 > 0 } })
    else { throw node.malformed("has no weights") }
    try builder.requireFit(node, input, dims: weights.dims)
    let bias = try builder.weights(node, 2, "[\(weights.dims[0])]", { $0 == [weights.dims[0]] })
    return [
      .tensor(
        try builder.convolution(
          node, input, dims: weights.dims, weights: weights.values, bias: bias?.values))
    ]
  }

  /// Inference-time normalisation with stored mean and variance: a scale and a shift per channel.
  private static func batchNormalization(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(5...5)
    try node.requireSingleOutput()
    try node.require("training_mode", 0, "inference")
    let input = try builder.tensor(node, 0)
    let view = input.view
    guard view.rank >= 2 else { throw node.malformed("reads a tensor of \(view.sizes)") }
    let count = view.sizes[1]
    var parameters: [[Float]] = []
    for index in 1...4 {
      guard let found = try builder.weights(node, index, "[\(count)]", { $0 == [count] }) else {
        throw node.malformed("operand \(index) is missing")
      }
      parameters.append(found.values)
    }
    let epsilon = Double(try node.float("epsilon") ?? 1e-5)
    var scale: [Float] = []
    var shift: [Float] = []
    for channel in 0..<count {
      let variance = Double(parameters[3][channel]) + epsilon
      guard variance > 0 else {
        throw node.malformed("variance and epsilon of channel \(channel) are \(variance)")
      }
      let factor = Double(parameters[0][channel]) / variance.squareRoot()
      scale.append(Float(factor))
      shift.append(Float(Double(parameters[1][channel]) - Double(parameters[2][channel]) * factor))
    }
    let dims = [1, count] + [Int](repeating: 1, count: view.rank - 2)
    return [
      .tensor(
        try builder.affine(
          node, input, scale: try builder.perChannel(node, input, dims, scale),
          shift: try builder.perChannel(node, input, dims, shift)))
    ]
  }
}

extension GraphBuilder {
  /// Refuses weights that are not for as many channels as the input has.
  fileprivate func requireFit(
    _ node: NodeReader, _ input: TensorValue, dims: [Int]
  ) throws(ImportError) {
    let channels = shape(input).channels
    let groups = try node.integer("group") ?? 1
    guard groups > 0, channels % groups == 0, dims[0] % groups == 0, dims[1] == channels / groups
    else {
      throw node.malformed(
        "weights \(dims) in \(groups) groups don't fit \(channels) input channels")
    }
  }

  /// A convolution with weights in ONNX' order, [output][input][row][column], as the node's
  /// attributes describe it.
  mutating func convolution(
    _ node: NodeReader, _ input: TensorValue, dims: [Int], weights: [Float], bias: [Float]?
  ) throws(ImportError) -> TensorValue {
    let inputShape = shape(input)
    let groups = try node.integer("group") ?? 1
    let outputs = dims[0]
    try requireFit(node, input, dims: dims)
    let window = try window(
      node, input: inputShape, kernel: [dims[2], dims[3]], dilates: true, roundsUp: false)

    // [output][row][column][input], a dilated kernel as a larger one with zeros.
    let (height, width) = (window.kernel[0], window.kernel[1])
    guard boundedProduct([outputs, height, width, dims[1]]) != nil else {
      throw node.unsupported("has a kernel of \(height)x\(width), too large")
    }
    var permuted = [Float](repeating: 0, count: outputs * height * width * dims[1])
    for output in 0..<outputs {
      for channel in 0..<dims[1] {
        for row in 0..<dims[2] {
          for column in 0..<dims[3] {
            let place =
              (output * height + row * window.dilations[0]) * width + column * window.dilations[1]
            permuted[place * dims[1] + channel] =
              weights[((output * dims[1] + channel) * dims[2] + row) * dims[3] + column]
          }
        }
      }
    }
    let convolution = Convolution(
      inputChannels: inputShape.channels, outputChannels: outputs, kernelHeight: height,
      kernelWidth: width, strideHeight: window.strides[0], strideWidth: window.strides[1],
      padding: window.padding, groups: groups, weights: permuted,
      bias: bias ?? [Float](repeating: 0, count: outputs))
    return try emit(
      node, .convolution(convolution), [input],
      Shape(height: window.output[0], width: window.output[1], channels: outputs))
  }

  /// `scale * input + shift`, one number a channel; the operand's view stays.
  mutating func affine(
    _ node: NodeReader, _ input: TensorValue, scale: [Float], shift: [Float]
  ) throws(ImportError) -> TensorValue {
    guard scale.allSatisfy(\.isFinite), shift.allSatisfy(\.isFinite) else {
      throw node.malformed("its scales or shifts are not finite")
    }
    return try emit(
      node, .convolution(.affine(scale: scale, shift: shift)), [input], shape(input),
      view: input.view)
  }
}
