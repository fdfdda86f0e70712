import SINFGraph

// Means, sums and maxima along whole directions of the image.

extension Operator {
  static let reductions: [Operator] = [
    reduction("ReduceMean", .mean),
    reduction("ReduceSum", .sum),
    reduction("ReduceMax", .maximum),
    reduction("ReduceMin", .minimum),
    Operator(
      "ReduceProd",
      fold: { (node, operands) throws(ImportError) in
        [try node.reduced(operands, *)]
      }),
  ]

  fileprivate enum Reduction { case mean, sum, maximum, minimum }

  private static func reduction(_ name: String, _ kind: Reduction) -> Operator {
    Operator(
      name,
      convert: { (builder, node) throws(ImportError) in
        [.tensor(try builder.reduction(node, kind))]
      },
      fold: { (node, operands) throws(ImportError) in
        switch kind {
        case .sum: [try node.reduced(operands, +)]
        case .maximum: [try node.reduced(operands, max)]
        case .minimum: [try node.reduced(operands, min)]
        case .mean: throw node.unsupported("of constants; \(Hint.exportAgain)")
        }
      })
  }
}

extension GraphBuilder {
  fileprivate mutating func reduction(
    _ node: NodeReader, _ kind: Operator.Reduction
  ) throws(ImportError) -> TensorValue {
    try node.requireInputs(1...2)
    let input = try tensor(node, 0)
    let listed = try listed(node, "axes", operand: 1) ?? []
    if listed.isEmpty, try node.integer("noop_with_empty_axes") ?? 0 != 0 { return input }
    let rank = input.view.rank
    var axes: Set<Int> = []
    for axis in listed { axes.insert(try node.normalise(axis: axis, rank: rank)) }
    if listed.isEmpty { axes = Set(0..<rank) }

    // Each direction must go as a whole or stay as a whole.
    let inside = Set(axes.flatMap { input.view.dims[$0] }.map(\.axis))
    let outside = Set(
      (0..<rank).filter { !axes.contains($0) }.flatMap { input.view.dims[$0] }.map(\.axis))
    guard inside.isDisjoint(with: outside), !inside.contains(.batch) else {
      throw node.unsupported(
        "over axes \(axes.sorted()) of a tensor of \(input.view.sizes); supported are whole "
          + "directions of an image: height, width, channels")
    }
    var result = input
    if inside.contains(.row) || inside.contains(.column) {
      result = try overSpace(
        node, kind, result, rows: inside.contains(.row),
        columns: inside.contains(.column))
    }
    if inside.contains(.channel) { result = try overChannels(node, kind, result) }
    let kept = View(
      input.view.dims.enumerated().map { axes.contains($0.offset) ? [] : $0.element })
    let keeps = try node.integer("keepdims") ?? 1 != 0
    result.view = keeps ? kept : kept.removing(axes)
    return result
  }

  private mutating func overSpace(
    _ node: NodeReader, _ kind: Operator.Reduction, _ input: TensorValue, rows: Bool, columns: Bool
  ) throws(ImportError) -> TensorValue {
    let before = shape(input)
    let (height, width) = (rows ? before.height : 1, columns ? before.width : 1)
    let output = Shape(
      height: before.height / height, width: before.width / width, channels: before.channels)
    let window = Pooling(
      kernelHeight: height, kernelWidth: width, strideHeight: height, strideWidth: width)
    switch kind {
    case .maximum: return try emit(node, .maxPool(window), [input], output)
    case .minimum:
      let turned = try elementwise(node, .affine(scale: -1, shift: 0), of: input)
      let maximum = try emit(node, .maxPool(window), [turned], output)
      return try elementwise(node, .affine(scale: -1, shift: 0), of: maximum)
    case .mean, .sum:
      let mean = try emit(
        node, output.pixels == 1 ? .globalAveragePool : .averagePool(window), [input], output)
      guard kind == .sum else { return mean }
      return try elementwise(
        node, .affine(scale: Float(height * width), shift: 0), of: mean)
    }
  }

  private mutating func overChannels(
    _ node: NodeReader, _ kind: Operator.Reduction, _ input: TensorValue
  ) throws(ImportError) -> TensorValue {
    var output = shape(input)
    let channels = output.channels
    guard kind == .mean || kind == .sum else {
      throw node.unsupported("of channels; supported are their mean and sum")
    }
    output.channels = 1
    let weight = kind == .mean ? 1 / Float(channels) : 1
    return try emit(
      node,
      .convolution(
        Convolution(
          inputChannels: channels, outputChannels: 1, kernelHeight: 1, kernelWidth: 1,
          weights: [Float](repeating: weight, count: channels), bias: [0])), [input], output)
  }
}
