import SINFGraph

extension Operator {
  static let poolings: [Operator] = [
    Operator("MaxPool") { (builder, node) throws(ImportError) in
      [.tensor(try builder.pooling(node, maximum: true))]
    },
    Operator("AveragePool") { (builder, node) throws(ImportError) in
      [.tensor(try builder.pooling(node, maximum: false))]
    },
    Operator("GlobalMaxPool") { (builder, node) throws(ImportError) in
      [.tensor(try builder.globalPooling(node, maximum: true))]
    },
    Operator("GlobalAveragePool") { (builder, node) throws(ImportError) in
      [.tensor(try builder.globalPooling(node, maximum: false))]
    },
  ]
}

extension GraphBuilder {
  fileprivate mutating func pooling(
    _ node: NodeReader, maximum: Bool
  ) throws(ImportError) -> TensorValue {
    try node.requireInputs(1...1)
    try node.requireSingleOutput()
    try node.require("storage_order", 0, "row major")
    let input = try image(node, 0)
    let inputShape = shape(input)
    guard let kernel = try node.integers("kernel_shape"), kernel.count == 2 else {
      throw node.malformed("has no kernel_shape of two numbers")
    }
    let roundsUp = try node.integer("ceil_mode") ?? 0 != 0
    let window = try window(
      node, input: inputShape, kernel: kernel, dilates: false, roundsUp: roundsUp)
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

  fileprivate mutating func globalPooling(
    _ node: NodeReader, maximum: Bool
  ) throws(ImportError) -> TensorValue {
    try node.requireInputs(1...1)
    let input = try image(node, 0)
    let before = shape(input)
    let whole = Pooling(
      kernelHeight: before.height, kernelWidth: before.width, strideHeight: 1, strideWidth: 1)
    return try emit(
      node, maximum ? .maxPool(whole) : .globalAveragePool, [input],
      Shape(height: 1, width: 1, channels: before.channels))
  }
}
