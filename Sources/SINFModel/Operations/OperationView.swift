/// One operation, everything resolved: trivial, made on the fly from its record, valid as long as
/// the model is.
public struct OperationView {
  public let input: TensorView
  public let output: TensorView
  public let function: OperationFunction
}

/// What an operation computes, with what it needs besides input and output.
public enum OperationFunction {
  case convolution(ConvolutionView)
  /// Every channel with a window of its own.
  case depthwise(ConvolutionView)
  case maxPool(MaxPoolView)
  case averagePool(AveragePoolView)
  case add(AddView)
  case copy(CopyView)
  case lookup(LookupView)
  case multiply(MultiplyView)

  init(_ record: OperationRecord) {
    switch record.kind {
    case .convolution: self = .convolution(ConvolutionView(record, isDepthwise: false))
    case .depthwise: self = .depthwise(ConvolutionView(record, isDepthwise: true))
    case .maxPool: self = .maxPool(MaxPoolView(record))
    case .averagePool: self = .averagePool(AveragePoolView(record))
    case .add: self = .add(AddView(record))
    case .copy: self = .copy(CopyView())
    case .lookup: self = .lookup(LookupView(record))
    case .multiply: self = .multiply(MultiplyView(record))
    }
  }
}

extension OperationView {
  public var kind: OperationKind {
    switch function {
    case .convolution: .convolution
    case .depthwise: .depthwise
    case .maxPool: .maxPool
    case .averagePool: .averagePool
    case .add: .add
    case .copy: .copy
    case .lookup: .lookup
    case .multiply: .multiply
    }
  }

  /// Of convolutions and pools.
  public var window: WindowView? {
    switch function {
    case .convolution(let convolution), .depthwise(let convolution): convolution.window
    case .maxPool(let pool): pool.window
    case .averagePool(let pool): pool.window
    case .add, .copy, .lookup, .multiply: nil
    }
  }

  /// The other operand of kinds that have two.
  public var secondInput: TensorView? {
    switch function {
    case .add(let add): add.second
    case .multiply(let product): product.second
    case .convolution, .depthwise, .maxPool, .averagePool, .copy, .lookup: nil
    }
  }

  /// Bytes of what the file holds for it: weights, biases, sums and multipliers, or a table.
  public var constantBytes: Int {
    switch function {
    case .convolution(let convolution), .depthwise(let convolution): convolution.constantBytes
    case .lookup(let lookup): lookup.table.count
    case .maxPool, .averagePool, .add, .copy, .multiply: 0
    }
  }

  /// Of a convolution, borders counted in full; 0 for other kinds.
  public var multiplyAccumulates: UInt64 {
    switch function {
    case .convolution(let convolution):
      convolution.window.elements &* output.elements &* UInt64(input.channels)
    case .depthwise(let convolution): convolution.window.elements &* output.elements
    case .maxPool, .averagePool, .add, .copy, .lookup, .multiply: 0
    }
  }

  /// Checks what the kind asks of shapes besides `OperationRules`.
  func checkShape(_ record: RecordCheck) throws(ModelError) {
    switch function {
    case .averagePool(let pool): try pool.checkShape(record, self)
    case .add(let add): try add.checkShape(record, self)
    case .multiply(let product): try product.checkShape(record, self)
    case .copy, .lookup: try checkSameSize(record)
    case .convolution, .depthwise, .maxPool: break
    }
  }

  /// Output and input have the same height and width.
  func checkSameSize(_ record: RecordCheck) throws(ModelError) {
    try record.require(
      output.height == input.height && output.width == input.width, Layout.Operation.output,
      record.u16(Layout.Operation.output), "the output has the input's height and width")
  }
}
