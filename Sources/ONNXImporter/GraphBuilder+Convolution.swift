import SINFGraph

extension GraphBuilder {
  mutating func convolution(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(2...3)
    let input = try image(node, 0)
    let inputShape = shape(input)
    let groups = try node.integer("group") ?? 1
    guard
      let (dims, values) = try weights(
        node, 1, "outputs, inputs a group, height and width, none of them zero",
        { $0.count == 4 && $0.allSatisfy { $0 > 0 } })
    else { throw node.malformed("has no weights") }
    let outputs = dims[0]
    guard groups > 0, inputShape.channels % groups == 0, outputs % groups == 0,
      dims[1] == inputShape.channels / groups
    else {
      throw node.malformed(
        "weights \(dims) in \(groups) groups don't fit \(inputShape.channels) input channels")
    }
    let bias = try weights(node, 2, "[\(outputs)]", { $0 == [outputs] })?.values
    let window = try window(
      node, input: inputShape, kernel: [dims[2], dims[3]], roundsUp: false)

    // ONNX: [output][input][row][column]; here: [output][row][column][input].
    let taps = dims[2] * dims[3]
    var permuted = [Float](repeating: 0, count: values.count)
    for output in 0..<outputs {
      for channel in 0..<dims[1] {
        for tap in 0..<taps {
          permuted[(output * taps + tap) * dims[1] + channel] =
            values[(output * dims[1] + channel) * taps + tap]
        }
      }
    }
    let convolution = Convolution(
      inputChannels: inputShape.channels, outputChannels: outputs, kernelHeight: dims[2],
      kernelWidth: dims[3], strideHeight: window.strides[0], strideWidth: window.strides[1],
      padding: window.padding, groups: groups, weights: permuted,
      bias: bias ?? [Float](repeating: 0, count: outputs))
    return try emit(
      node, .convolution(convolution), [input],
      Shape(height: window.output[0], width: window.output[1], channels: outputs))
  }

  /// Inference-time normalisation with stored mean and variance: a scale and a shift per channel.
  mutating func batchNormalisation(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(5...5)
    try node.requireSingleOutput()
    try node.require("training_mode", 0, "inference")
    let input = try tensor(node, 0)
    let channels = input.dims[0]
    var parameters: [[Float]] = []
    for index in 1...4 {
      guard let found = try weights(node, index, "[\(channels)]", { $0 == [channels] }) else {
        throw node.malformed("operand \(index) is missing")
      }
      parameters.append(found.values)
    }
    let epsilon = Double(try node.float("epsilon") ?? 1e-5)
    var scale: [Float] = []
    var shift: [Float] = []
    for channel in 0..<channels {
      let variance = Double(parameters[3][channel]) + epsilon
      guard variance > 0 else {
        throw node.malformed("variance and epsilon of channel \(channel) are \(variance)")
      }
      let factor = Double(parameters[0][channel]) / variance.squareRoot()
      scale.append(Float(factor))
      shift.append(Float(Double(parameters[1][channel]) - Double(parameters[2][channel]) * factor))
    }
    return try affine(node, input, scale: scale, shift: shift)
  }

  /// `scale * input + shift`, one number a channel; the operand's dimensions stay.
  mutating func affine(
    _ node: NodeReader, _ input: TensorValue, scale: [Float], shift: [Float]
  ) throws(ImportError) -> Operand {
    let inputShape = shape(input)
    guard scale.count == inputShape.channels else {
      throw node.unsupported(
        "has \(scale.count) numbers for the \(inputShape.channels) channels of a flattened image")
    }
    guard scale.allSatisfy(\.isFinite), shift.allSatisfy(\.isFinite) else {
      throw node.malformed("its scales or shifts are not finite")
    }
    return try emit(
      node, .convolution(.affine(scale: scale, shift: shift)), [input], inputShape,
      dims: input.dims)
  }

  /// Zero padding of height and width.
  mutating func pad(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(2...4)
    let mode = try node.string("mode") ?? "constant"
    guard mode == "constant" else {
      throw node.unsupported("mode is '\(mode)', supported is 'constant' with zero")
    }
    if let value = try weights(node, 2, "one number", { boundedProduct($0) == 1 }),
      value.values != [0]
    {
      throw node.unsupported("pads with \(value.values[0]), supported is zero")
    }
    guard let pads = try integers(node, 1) else { throw node.malformed("has no pads") }
    let input = try image(node, 0)
    var axes: [Int] = []
    for axis in try integers(node, 3) ?? [0, 1, 2, 3] {
      axes.append(try node.normalise(axis: axis, rank: 4))
    }
    guard pads.count == 2 * axes.count, Set(axes).count == axes.count else {
      throw node.malformed("has \(pads.count) pads for \(axes.count) axes, needs two each")
    }
    var begin = [0, 0, 0, 0]
    var end = [0, 0, 0, 0]
    for (place, axis) in axes.enumerated() {
      begin[axis] = pads[place]
      end[axis] = pads[place + axes.count]
    }
    guard begin[0] == 0, begin[1] == 0, end[0] == 0, end[1] == 0,
      (begin + end).allSatisfy({ (0...65535).contains($0) })
    else {
      throw node.unsupported(
        "pads are \(begin) and \(end); supported are 0 to 65535 on height and width")
    }
    let before = shape(input)
    let padding = Padding(top: begin[2], left: begin[3], bottom: end[2], right: end[3])
    if padding == .none { return .tensor(input) }
    return try emit(
      node, .convolution(.zeroPadding(padding, channels: before.channels)), [input],
      Shape(
        height: before.height + begin[2] + end[2], width: before.width + begin[3] + end[3],
        channels: before.channels))
  }
}
