import SINFGraph

// Functions of single numbers. On constants they are computed at once.

extension Operator {
  static let activations: [Operator] = [
    elementwise("Relu", .clamp(low: 0, high: .infinity)),
    elementwise("Sigmoid", .sigmoid),
    elementwise("Tanh", .tanh),
    elementwise("Erf", .identity.applying(.error)),
    elementwise("Softplus", .softplus),
    elementwise("Softsign", .softsign),
    elementwise("HardSwish", .hardSwish),
    elementwise("Mish", .mish),
    elementwise("Exp", .identity.applying(.exponential)),
    elementwise("Log", .identity.applying(.logarithm)),
    elementwise("Sqrt", .identity.applying(.squareRoot)),
    elementwise("Reciprocal", .identity.applying(.reciprocal)),
    elementwise("Abs", .identity.applying(.absolute)),
    elementwise("Neg", .identity.applying(.negate)),
    elementwise("Ceil", .identity.applying(.ceiling)),
    elementwise("Floor", .identity.applying(.floor)),
    elementwise("Round", .identity.applying(.round)),
    elementwise("Sign", .identity.applying(.sign)),
    elementwise("Sin", .identity.applying(.sine)),
    elementwise("Cos", .identity.applying(.cosine)),
    elementwise("HardSigmoid") { (node) throws(ImportError) in
      .hardSigmoid(
        alpha: try node.finite("alpha", standard: 0.2), beta: try node.finite("beta", standard: 0.5)
      )
    },
    elementwise("LeakyRelu") { (node) throws(ImportError) in
      .leakyRelu(alpha: try node.finite("alpha", standard: 0.01))
    },
    elementwise("ThresholdedRelu") { (node) throws(ImportError) in
      .thresholdedRelu(alpha: try node.finite("alpha", standard: 1))
    },
    elementwise("Elu") { (node) throws(ImportError) in
      .elu(alpha: try node.finite("alpha", standard: 1))
    },
    elementwise("Selu") { (node) throws(ImportError) in
      .elu(
        alpha: try node.finite("alpha", standard: 1.673_263_2),
        gamma: try node.finite("gamma", standard: 1.050_701))
    },
    elementwise("Celu") { (node) throws(ImportError) in
      let alpha = try node.finite("alpha", standard: 1)
      guard alpha != 0 else { throw node.malformed("alpha is 0") }
      return .elu(alpha: alpha, width: alpha)
    },
    elementwise("Swish") { (node) throws(ImportError) in
      .swish(alpha: try node.finite("alpha", standard: 1))
    },
    elementwise("Gelu") { (node) throws(ImportError) in
      try node.string("approximate") == "tanh" ? .geluByTanh : .gelu
    },
    Operator("Clip", convert: clip, fold: foldClip),
    Operator("PRelu", convert: parametricRelu),
  ]

  private static func elementwise(_ name: String, _ function: ScalarFunction) -> Operator {
    elementwise(name) { (_) throws(ImportError) in function }
  }

  private static func elementwise(
    _ name: String,
    _ function: @escaping @Sendable (NodeReader) throws(ImportError) -> ScalarFunction
  ) -> Operator {
    Operator(
      name,
      convert: { (builder, node) throws(ImportError) in
        try node.requireInputs(1...1)
        let input = try builder.tensor(node, 0)
        return [.tensor(try builder.elementwise(node, try function(node), of: input))]
      },
      fold: { (node, operands) throws(ImportError) in
        try node.requireInputs(1...1)
        return [try node.present(operands, 0).mapped(try function(node))]
      })
  }

  /// Bounds as operands (operator set 11 on) or as attributes.
  private static func clip(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...3)
    let function = try bounds(
      node, low: try builder.constant(node, 1), high: try builder.constant(node, 2))
    let input = try builder.tensor(node, 0)
    return [.tensor(try builder.elementwise(node, function, of: input))]
  }

  private static func foldClip(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    try node.requireInputs(1...3)
    let function = try bounds(
      node, low: operands.count > 1 ? operands[1] : nil,
      high: operands.count > 2 ? operands[2] : nil)
    return [try node.present(operands, 0).mapped(function)]
  }

  private static func bounds(
    _ node: NodeReader, low: Constant?, high: Constant?
  ) throws(ImportError) -> ScalarFunction {
    func bound(_ constant: Constant?, _ attribute: String) throws(ImportError) -> Float? {
      guard let constant else { return try node.float(attribute) }
      guard constant.count == 1 else { throw node.malformed("\(attribute) is not one number") }
      return constant.floats[0]
    }
    let low = try bound(low, "min") ?? -.infinity
    let high = try bound(high, "max") ?? .infinity
    guard low <= high, low < .infinity, high > -.infinity else {
      throw node.malformed("clips to \(low) ... \(high)")
    }
    // Exporters write "no bound" as the largest number there is.
    let limit = Float.greatestFiniteMagnitude
    return .clamp(
      low: low <= -limit ? -.infinity : low, high: high >= limit ? .infinity : high)
  }

  /// One slope below zero for all, or one a channel.
  private static func parametricRelu(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(2...2)
    let input = try builder.tensor(node, 0)
    guard let (dims, slopes) = try builder.weights(node, 1, "", { _ in true }) else {
      throw node.malformed("has no slopes")
    }
    if let slope = slopes.first, slopes.allSatisfy({ $0 == slope }) {
      return [.tensor(try builder.elementwise(node, .leakyRelu(alpha: slope), of: input))]
    }
    // max(x, 0) + slope * min(x, 0).
    let perChannel = try builder.perChannel(node, input, dims, slopes)
    let positive = try builder.elementwise(node, .clamp(low: 0, high: .infinity), of: input)
    let negative = try builder.elementwise(node, .clamp(low: -.infinity, high: 0), of: input)
    let scaled = try builder.affine(
      node, negative, scale: perChannel, shift: [Float](repeating: 0, count: perChannel.count))
    return [
      .tensor(
        try builder.emit(
          node, .add(.none), [positive, scaled], builder.shape(input), view: input.view))
    ]
  }
}

extension Constant {
  /// Each number through `function`; integers stay integers.
  func mapped(_ function: ScalarFunction) -> Constant {
    switch content {
    case .floats(let values): Constant(dims: dims, content: .floats(values.map { function($0) }))
    case .integers(let values):
      Constant(
        dims: dims,
        content: .integers(
          values.map { value in
            // Beyond 2^24 a float holds no odd number: what is no number of a shape stays.
            value.magnitude < 1 << 24
              ? Int(exactly: function(Float(value)).rounded()) ?? value : value
          }))
    }
  }
}
