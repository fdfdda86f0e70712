/// What an operation does; docs/numerics.md has the arithmetic. What a kind reads of its record, and
/// what it asks of its tensors, is in a file of its own here; this file and OperationView.swift list
/// them.
public enum OperationKind: UInt8, Sendable {
  case convolution = 1
  case depthwise = 2
  case maxPool = 3
  case averagePool = 4
  case add = 5
  case copy = 6
  case lookup = 7
  /// From minor version 2 of the format.
  case multiply = 8

  /// The last kind of this version of the format.
  static let last = OperationKind.multiply

  /// As reports call it.
  public var name: StaticString {
    switch self {
    case .convolution: "convolution"
    case .depthwise: "depthwise"
    case .maxPool: "max pool"
    case .averagePool: "average pool"
    case .add: "add"
    case .copy: "copy"
    case .lookup: "lookup"
    case .multiply: "multiply"
    }
  }

  var rules: OperationRules {
    switch self {
    case .convolution: ConvolutionView.rules
    case .depthwise: ConvolutionView.depthwiseRules
    case .maxPool: MaxPoolView.rules
    case .averagePool: AveragePoolView.rules
    case .add: AddView.rules
    case .copy: CopyView.rules
    case .lookup: LookupView.rules
    case .multiply: MultiplyView.rules
    }
  }
}

/// What a kind of operation uses of its record and asks of its tensors: validation goes by this.
struct OperationRules {
  enum Window {
    case none
    /// May see nothing but padding.
    case convolution
    /// Always holds a pixel.
    case pool
  }

  enum Constants {
    case none
    /// 256 bytes.
    case table
    /// Packed weights with biases, sums and multipliers.
    case convolution
    case depthwise
  }

  var window = Window.none
  var constants = Constants.none
  /// The flags that it may have.
  var flags: UInt8 = 0
  var hasSecondInput = false
  /// Clamp bounds.
  var hasBounds = false
  /// Multipliers in the record: 0, 1 or 2.
  var multipliers = 0
  /// The output has as many channels as the input.
  var keepsChannels = true
  /// Input and output have one scale and zero point.
  var keepsQuantization = false
  /// The output may be logits.
  var writesFloats = false
  /// The output may be an input, byte for byte.
  var worksInPlace = false
  /// Channels are written one by one, to any place; others fill a pixel up to a multiple of 4 bytes.
  var writesExactly = false

  var isConvolution: Bool { constants == .convolution || constants == .depthwise }
}
