import SINFGraph

// Arithmetic of two or more operands, each a tensor or a constant.

extension Operator {
  static let arithmetic: [Operator] = [
    binary("Add", .add),
    binary("Sub", .subtract),
    binary("Mul", .multiply),
    binary("Div", .divide),
    binary("Pow", .power),
    binary("Max", .maximum, operands: 1...64),
    binary("Min", .minimum, operands: 1...64),
    binary("Sum", .add, operands: 1...64),
    Operator("Mean", convert: mean),
  ]

  private static func binary(
    _ name: String, _ operation: ScalarFunction.Binary, operands: ClosedRange<Int> = 2...2
  ) -> Operator {
    Operator(
      name,
      convert: { (builder, node) throws(ImportError) in
        try node.requireInputs(operands)
        var result = try builder.operand(node, 0)
        for index in node.proto.input.indices.dropFirst() {
          result = try builder.arithmetic(
            node, operation, result, try builder.operand(node, index))
        }
        return [result]
      },
      fold: { (node, constants) throws(ImportError) in
        try node.requireInputs(operands)
        var result = try node.present(constants, 0)
        for index in constants.indices.dropFirst() {
          result = try node.combine(operation, result, try node.present(constants, index))
        }
        return [result]
      })
  }

  private static func mean(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...64)
    var result = try builder.operand(node, 0)
    for index in node.proto.input.indices.dropFirst() {
      result = try builder.arithmetic(node, .add, result, try builder.operand(node, index))
    }
    guard case .tensor(let sum) = result else { return [result] }
    let share = 1 / Float(node.proto.input.count)
    return [
      .tensor(try builder.elementwise(node, .affine(scale: share, shift: 0), of: sum))
    ]
  }
}

extension GraphBuilder {
  /// Operands of which at least one is a tensor.
  mutating func arithmetic(
    _ node: NodeReader, _ operation: ScalarFunction.Binary, _ left: Operand, _ right: Operand
  ) throws(ImportError) -> Operand {
    switch (left, right) {
    case (.constant(let first), .constant(let second)):
      return .constant(try node.combine(operation, first, second))
    case (.tensor(let tensor), .constant(let constant)):
      return .tensor(try scaled(node, operation, tensor, constant, constantIsLeft: false))
    case (.constant(let constant), .tensor(let tensor)):
      return .tensor(try scaled(node, operation, tensor, constant, constantIsLeft: true))
    case (.tensor(let first), .tensor(let second)):
      return .tensor(try computed(node, operation, first, second))
    default:
      throw node.unsupported(
        "reads a softmax or another head, which is supported only at the end; inside a network it "
          + "belongs to attention: \(Hint.transformer)")
    }
  }

  /// A tensor with one number, or with one a channel.
  private mutating func scaled(
    _ node: NodeReader, _ operation: ScalarFunction.Binary, _ input: TensorValue,
    _ constant: Constant, constantIsLeft: Bool
  ) throws(ImportError) -> TensorValue {
    guard constant.floats.allSatisfy({ !$0.isNaN }) else {
      throw node.malformed("its constant holds numbers that are not finite")
    }
    if let number = constant.uniform, spreads(constant.dims, over: input) {
      if operation == .divide, !constantIsLeft, number == 0 {
        throw node.malformed("divides by zero")
      }
      let (x, c) = (ScalarFunction.identity, ScalarFunction.constant(number))
      return try elementwise(
        node, .combining(operation, constantIsLeft ? c : x, constantIsLeft ? x : c), of: input)
    }
    let numbers = try perChannel(node, input, constant.dims, constant.floats)
    let ones = [Float](repeating: 1, count: numbers.count)
    let zeros = [Float](repeating: 0, count: numbers.count)
    switch (operation, constantIsLeft) {
    case (.add, _): return try affine(node, input, scale: ones, shift: numbers)
    case (.multiply, _): return try affine(node, input, scale: numbers, shift: zeros)
    case (.subtract, false):
      return try affine(node, input, scale: ones, shift: numbers.map { -$0 })
    case (.subtract, true):
      return try affine(node, input, scale: ones.map { -$0 }, shift: numbers)
    case (.divide, false):
      guard !numbers.contains(0) else { throw node.malformed("divides by zero") }
      return try affine(node, input, scale: numbers.map { 1 / $0 }, shift: zeros)
    default:
      throw node.unsupported("has another constant for each channel; supported is one for all")
    }
  }

  private mutating func computed(
    _ node: NodeReader, _ operation: ScalarFunction.Binary, _ left: TensorValue,
    _ right: TensorValue
  ) throws(ImportError) -> TensorValue {
    if let result = try combined(node, operation, left, right) { return result }
    let (left, right) = try aligned(node, left, right)
    switch operation {
    case .add where left.view == right.view:
      return try emit(node, .add(.none), [left, right], shape(left), view: left.view)
    case .subtract where left.view == right.view:
      let negative = try elementwise(node, .affine(scale: -1, shift: 0), of: right)
      return try emit(node, .add(.none), [left, negative], shape(left), view: left.view)
    case .multiply:
      return try product(node, left, right)
    case .add, .subtract:
      throw node.unsupported(
        "operands have dimensions \(left.view.sizes) and \(right.view.sizes); supported are equal "
          + "ones")
    default:
      throw node.unsupported(
        "both operands are computed, which only Add, Sub, Mul and Sum support; \(Hint.exportAgain)")
    }
  }

  /// Both operands under views of one rank; as images where they would not agree otherwise.
  private mutating func aligned(
    _ node: NodeReader, _ left: TensorValue, _ right: TensorValue
  ) throws(ImportError) -> (TensorValue, TensorValue) {
    let rank = max(left.view.rank, right.view.rank)
    func widened(_ value: TensorValue) -> TensorValue {
      let missing = [[Factor]](repeating: [], count: rank - value.view.rank)
      return TensorValue(id: value.id, view: View(missing + value.view.dims))
    }
    let (a, b) = (widened(left), widened(right))
    let agree = zip(a.view.dims, b.view.dims).allSatisfy { $0 == $1 || $0.isEmpty || $1.isEmpty }
    guard !agree, rank == 4, let first = try image(a, name: node.name + ".left"),
      let second = try image(b, name: node.name + ".right")
    else { return (a, b) }
    return (first, second)
  }

  /// The larger operand times the other one, which may be one number a channel, or one a pixel.
  private mutating func product(
    _ node: NodeReader, _ left: TensorValue, _ right: TensorValue
  ) throws(ImportError) -> TensorValue {
    let isLeftLarger = shape(left).count >= shape(right).count
    let (large, small) = isLeftLarger ? (left, right) : (right, left)
    let (whole, part) = (shape(large), shape(small))
    let agree = zip(large.view.dims, small.view.dims).allSatisfy { $0 == $1 || $1.isEmpty }
    if agree, part == whole || part.pixels == 1 && part.channels == whole.channels {
      return try emit(node, .multiply, [large, small], whole, view: large.view)
    }
    guard agree, part.channels == 1, part.height == whole.height, part.width == whole.width else {
      throw node.unsupported(
        "multiplies tensors of dimensions \(left.view.sizes) and \(right.view.sizes); supported "
          + "are equal ones, one number a channel, and one a pixel")
    }
    let copies = Convolution.selection(
      inputChannels: 1, sources: [Int?](repeating: 0, count: whole.channels))
    let spread = try emit(node, .convolution(copies), [small], whole, view: large.view)
    return try emit(node, .multiply, [large, spread], whole, view: large.view)
  }
}
