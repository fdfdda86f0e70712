import SINFGraph

extension GraphBuilder {
  /// `function` of each number of `input`, as the cheapest operation that is it.
  mutating func elementwise(
    _ node: NodeReader, _ function: ScalarFunction, of input: TensorValue
  ) throws(ImportError) -> TensorValue {
    let result: TensorValue
    if function == .identity { return input }
    if let (scale, shift) = function.affine {
      let channels = shape(input).channels
      result = try affine(
        node, input, scale: [Float](repeating: scale, count: channels),
        shift: [Float](repeating: shift, count: channels))
    } else if let activation = function.clamp {
      result = try emit(
        node, .activation(activation), [input], shape(input), view: input.view)
    } else {
      result = try emit(node, .function(function), [input], shape(input), view: input.view)
    }
    let before = definition(of: input)
    let whole = function.after(before.function)
    if whole.operations <= Self.mostOperations {
      definitions[result.id] = Definition(root: before.root, function: whole)
    }
    return result
  }

  /// Beyond that, what a value is of an earlier one is forgotten; no activation comes near.
  static let mostOperations = 64

  /// What `value` is of the earliest value that it is a function of.
  func definition(of value: TensorValue) -> Definition {
    definitions[value.id] ?? Definition(root: value, function: .identity)
  }

  /// `operation` of two tensors that are functions of one and the same, or nil where they are not.
  mutating func combined(
    _ node: NodeReader, _ operation: ScalarFunction.Binary, _ left: TensorValue,
    _ right: TensorValue
  ) throws(ImportError) -> TensorValue? {
    let (first, second) = (definition(of: left), definition(of: right))
    guard first.root.id == second.root.id, left.view == right.view,
      first.function.operations + second.function.operations < Self.mostOperations
    else { return nil }
    return try elementwise(
      node, .combining(operation, first.function, second.function),
      of: TensorValue(id: first.root.id, view: left.view))
  }

  /// One number a channel of `input` from a constant that ONNX spreads over it.
  mutating func perChannel(
    _ node: NodeReader, _ input: TensorValue, _ dims: [Int], _ numbers: [Float]
  ) throws(ImportError) -> [Float] {
    let view = input.view
    let channels = shape(input).channels
    let offset = view.rank - dims.count
    func failure() -> ImportError {
      node.unsupported(
        "a constant of dimensions \(dims) with a tensor of \(view.sizes); supported is one number, "
          + "or one a channel")
    }
    guard offset >= 0 else { throw failure() }
    let strides = strides(of: dims)
    // Of each varying dimension: the factors that its index counts, and its stride.
    var terms: [(factor: Factor, weight: Int)] = []
    for (axis, size) in dims.enumerated() where size != 1 {
      let factors = view.dims[axis + offset]
      guard View.size(factors) == size, factors.allSatisfy({ $0.axis == .channel }) else {
        throw failure()
      }
      var weight = strides[axis]
      for factor in factors.reversed() {
        terms.append((factor, weight))
        weight *= factor.size
      }
    }
    return (0..<channels).map { channel in
      numbers[
        terms.reduce(0) { $0 + channel / $1.factor.step % $1.factor.size * $1.weight }]
    }
  }

  /// Whether a constant of `dims` can be spread over `value` without making it larger.
  func spreads(_ dims: [Int], over value: TensorValue) -> Bool {
    let sizes = value.view.sizes
    return dims.count <= sizes.count
      && zip(dims.reversed(), sizes.reversed()).allSatisfy { $0 == 1 || $0 == $1 }
  }
}
