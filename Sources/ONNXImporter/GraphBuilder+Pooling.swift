import SINFGraph

extension GraphBuilder {
  mutating func pooling(_ node: NodeReader, maximum: Bool) throws(ImportError) -> Operand {
    try node.requireInputs(1...1)
    try node.requireSingleOutput()
    try node.require("storage_order", 0, "row major")
    let input = try image(node, 0)
    let inputShape = shape(input)
    guard let kernel = try node.integers("kernel_shape"), kernel.count == 2 else {
      throw node.malformed("has no kernel_shape of two numbers")
    }
    let roundsUp = try node.integer("ceil_mode") ?? 0 != 0
    let window = try window(node, input: inputShape, kernel: kernel, roundsUp: roundsUp)
    let padding = window.padding
    guard padding.top < kernel[0], padding.bottom < kernel[0], padding.left < kernel[1],
      padding.right < kernel[1]
    else {
      throw node.unsupported("padding \(padding) is as wide as the kernel \(kernel)")
    }
    let pooling = Pooling(
      kernelHeight: kernel[0], kernelWidth: kernel[1], strideHeight: window.strides[0],
      strideWidth: window.strides[1], padding: padding,
      countsPadding: maximum ? false : try node.integer("count_include_pad") ?? 0 != 0)
    let output = Shape(
      height: window.output[0], width: window.output[1], channels: inputShape.channels)
    if !maximum && output.pixels == 1 && padding == .none && kernel[0] == inputShape.height
      && kernel[1] == inputShape.width
    {
      return try emit(node, .globalAveragePool, [input], output)
    }
    return try emit(node, maximum ? .maxPool(pooling) : .averagePool(pooling), [input], output)
  }

  mutating func globalPooling(_ node: NodeReader, maximum: Bool) throws(ImportError) -> Operand {
    try node.requireInputs(1...1)
    let input = try image(node, 0)
    let before = shape(input)
    let whole = Pooling(
      kernelHeight: before.height, kernelWidth: before.width, strideHeight: 1, strideWidth: 1)
    return try emit(
      node, maximum ? .maxPool(whole) : .globalAveragePool, [input],
      Shape(height: 1, width: 1, channels: before.channels))
  }

  /// The mean over height and width, with or without keeping them as dimensions of one.
  mutating func reduceMean(_ node: NodeReader) throws(ImportError) -> Operand {
    try node.requireInputs(1...2)
    let input = try image(node, 0)
    let listed = try axes(node) ?? []
    if listed.isEmpty, try node.integer("noop_with_empty_axes") ?? 0 != 0 { return .tensor(input) }
    var axes: Set<Int> = []
    for axis in listed { axes.insert(try node.normalise(axis: axis, rank: 4)) }
    guard axes == [2, 3] else {
      throw node.unsupported("axes are \(listed), supported are height and width ([2, 3])")
    }
    let channels = shape(input).channels
    let keeps = try node.integer("keepdims") ?? 1 != 0
    return try emit(
      node, .globalAveragePool, [input], Shape(height: 1, width: 1, channels: channels),
      dims: keeps ? [channels, 1, 1] : [channels])
  }
}
