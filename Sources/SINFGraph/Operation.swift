/// What follows an arithmetic operation, in real numbers.
public enum Activation: Hashable, Sendable {
  case none
  /// Values below zero become zero.
  case relu
  /// Values outside `low ... high` become the nearer bound (ReLU6 is 0 ... 6).
  case clamp(low: Float, high: Float)
}

/// Rows and columns added around an image.
public struct Padding: Hashable, Sendable {
  public var top: Int
  public var left: Int
  public var bottom: Int
  public var right: Int

  public init(top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  public static let none = Padding()
}

/// A convolution with its weights. Linear layers are convolutions whose kernel covers their whole
/// input; a lone per-channel scale and shift, or a lone zero padding, is a 1x1 depthwise one.
public struct Convolution: Sendable {
  public var inputChannels: Int
  public var outputChannels: Int
  public var kernelHeight: Int
  public var kernelWidth: Int
  public var strideHeight: Int
  public var strideWidth: Int
  public var padding: Padding
  /// 1 for an ordinary convolution, `inputChannels` for a depthwise one.
  public var groups: Int
  /// Layout [outputChannels][kernelHeight][kernelWidth][inputChannelsPerGroup].
  public var weights: [Float]
  /// One per output channel.
  public var bias: [Float]
  public var activation: Activation

  public init(
    inputChannels: Int, outputChannels: Int, kernelHeight: Int, kernelWidth: Int,
    strideHeight: Int = 1, strideWidth: Int = 1, padding: Padding = .none, groups: Int = 1,
    weights: [Float], bias: [Float], activation: Activation = .none
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.padding = padding
    self.groups = groups
    self.weights = weights
    self.bias = bias
    self.activation = activation
  }

  public var inputChannelsPerGroup: Int { inputChannels / groups }
  /// Weights that one output channel reads: kernelHeight * kernelWidth * inputChannelsPerGroup.
  public var taps: Int { kernelHeight * kernelWidth * inputChannelsPerGroup }
  public var isDepthwise: Bool { groups > 1 && groups == inputChannels }
}

/// The window of a pooling operation.
public struct Pooling: Hashable, Sendable {
  public var kernelHeight: Int
  public var kernelWidth: Int
  public var strideHeight: Int
  public var strideWidth: Int
  public var padding: Padding
  /// Average pooling only: whether padding counts in the divisor (ONNX `count_include_pad`).
  public var countsPadding: Bool

  public init(
    kernelHeight: Int, kernelWidth: Int, strideHeight: Int, strideWidth: Int,
    padding: Padding = .none, countsPadding: Bool = false
  ) {
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.padding = padding
    self.countsPadding = countsPadding
  }
}

/// The operations of a graph. `ceil_mode` of ONNX is resolved by the importer into padding or
/// into the output's shape.
public enum Operation: Sendable {
  case convolution(Convolution)
  /// Padding never wins a maximum.
  case maxPool(Pooling)
  case averagePool(Pooling)
  /// Mean over height and width: H x W x C to 1 x 1 x C.
  case globalAveragePool
  /// Sum of two tensors of one shape.
  case add(Activation)
  /// Product of two tensors of one shape, or of one with a 1 x 1 x C second operand, whose numbers
  /// then hold for every pixel (the gate of squeeze-and-excitation).
  case multiply
  /// Channels of all inputs, one after the other.
  case concat
  /// An activation that could not be joined to the operation before it.
  case activation(Activation)
  /// Each number through a function that no activation describes.
  case function(ScalarFunction)
}
