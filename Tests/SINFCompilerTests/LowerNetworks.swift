import SINFCompiler
import SINFGraph

/// Builds small networks with random weights, layer by layer.
struct NetworkBuilder {
  private(set) var values: [Value] = []
  private(set) var nodes: [Node] = []
  private let input: ValueID
  var generator: SeededGenerator

  init(input shape: Shape, seed: UInt64) {
    values = [Value(name: "image", shape: shape)]
    input = ValueID(0)
    generator = SeededGenerator(seed: seed)
  }

  var start: ValueID { input }

  subscript(id: ValueID) -> Shape { values[id.index].shape }

  private mutating func add(
    _ operation: SINFGraph.Operation, _ inputs: [ValueID], _ shape: Shape
  ) -> ValueID {
    let name = "n\(nodes.count)"
    let id = ValueID(values.count)
    values.append(Value(name: name, shape: shape))
    nodes.append(Node(name: name, operation: operation, inputs: inputs, output: id))
    return id
  }

  /// Weights of He's deviation, uneven from channel to channel as trained ones are.
  mutating func conv(
    _ from: ValueID, _ channels: Int, kernel: Int = 3, stride: Int = 1, pad: Int? = nil,
    groups: Int = 1, activation: Activation = .relu
  ) -> ValueID {
    let shape = self[from]
    let pad = pad ?? kernel / 2
    let taps = kernel * kernel * shape.channels / groups
    let deviation = (2 / Float(taps)).squareRoot()
    let gains = (0..<channels).map { _ in 0.5 + generator.unitFloat() }
    let weights = (0..<channels * taps).map { generator.normal() * deviation * gains[$0 / taps] }
    let bias = (0..<channels).map { _ in generator.normal() * 0.1 }
    let side = { (extent: Int) in (extent + 2 * pad - kernel) / stride + 1 }
    return add(
      .convolution(
        Convolution(
          inputChannels: shape.channels, outputChannels: channels, kernelHeight: kernel,
          kernelWidth: kernel, strideHeight: stride, strideWidth: stride,
          padding: Padding(top: pad, left: pad, bottom: pad, right: pad), groups: groups,
          weights: weights, bias: bias, activation: activation)),
      [from], Shape(height: side(shape.height), width: side(shape.width), channels: channels))
  }

  mutating func maxPool(_ from: ValueID, kernel: Int = 2, stride: Int = 2, pad: Int = 0) -> ValueID
  {
    let shape = self[from]
    let side = { (extent: Int) in (extent + 2 * pad - kernel) / stride + 1 }
    return add(
      .maxPool(
        Pooling(
          kernelHeight: kernel, kernelWidth: kernel, strideHeight: stride, strideWidth: stride,
          padding: Padding(top: pad, left: pad, bottom: pad, right: pad))), [from],
      Shape(height: side(shape.height), width: side(shape.width), channels: shape.channels))
  }

  mutating func averagePool(
    _ from: ValueID, kernel: Int, stride: Int, pad: Int = 0, countsPadding: Bool = false
  ) -> ValueID {
    let shape = self[from]
    let side = { (extent: Int) in (extent + 2 * pad - kernel) / stride + 1 }
    return add(
      .averagePool(
        Pooling(
          kernelHeight: kernel, kernelWidth: kernel, strideHeight: stride, strideWidth: stride,
          padding: Padding(top: pad, left: pad, bottom: pad, right: pad),
          countsPadding: countsPadding)), [from],
      Shape(height: side(shape.height), width: side(shape.width), channels: shape.channels))
  }

  mutating func mean(_ from: ValueID) -> ValueID {
    add(.globalAveragePool, [from], Shape(height: 1, width: 1, channels: self[from].channels))
  }

  mutating func sum(_ a: ValueID, _ b: ValueID, _ activation: Activation = .relu) -> ValueID {
    add(.add(activation), [a, b], self[a])
  }

  mutating func concat(_ inputs: [ValueID]) -> ValueID {
    var shape = self[inputs[0]]
    shape.channels = inputs.reduce(0) { $0 + self[$1].channels }
    return add(.concat, inputs, shape)
  }

  mutating func activation(_ from: ValueID, _ activation: Activation) -> ValueID {
    add(.activation(activation), [from], self[from])
  }

  mutating func function(_ from: ValueID, _ function: ScalarFunction) -> ValueID {
    add(.function(function), [from], self[from])
  }

  mutating func product(_ a: ValueID, _ b: ValueID) -> ValueID {
    add(.multiply, [a, b], self[a])
  }

  /// The channels `sources` of `from`, zeros where nil.
  mutating func selection(_ from: ValueID, _ sources: [Int?]) -> ValueID {
    let shape = self[from]
    return add(
      .convolution(.selection(inputChannels: shape.channels, sources: sources)), [from],
      Shape(height: shape.height, width: shape.width, channels: sources.count))
  }

  /// A linear layer over the whole of `from`.
  mutating func linear(_ from: ValueID, _ outputs: Int) -> ValueID {
    let shape = self[from]
    let weights = (0..<outputs * shape.count).map { _ in
      generator.normal() / Float(shape.count).squareRoot()
    }
    return add(
      .convolution(
        Convolution(
          inputChannels: shape.channels, outputChannels: outputs, kernelHeight: shape.height,
          kernelWidth: shape.width, weights: weights,
          bias: (0..<outputs).map { _ in generator.normal() * 0.1 })), [from],
      Shape(height: 1, width: 1, channels: outputs))
  }

  func graph(_ output: ValueID) -> Graph {
    Graph(values: values, nodes: nodes, input: input, output: output)
  }
}

/// Networks of the families that the compiler has to handle, small.
enum Networks {
  static let image = Shape(height: 12, width: 12, channels: 3)
  static let relu6 = Activation.clamp(low: 0, high: 6)

  static func vgg(_ seed: UInt64, classes: Int = 10) -> Graph {
    var n = NetworkBuilder(input: image, seed: seed)
    var x = n.conv(n.start, 12)
    x = n.conv(x, 12)
    x = n.maxPool(x)
    x = n.conv(x, 18)
    x = n.maxPool(x)
    x = n.linear(n.conv(x, 21), classes)
    return n.graph(x)
  }

  static func residual(_ seed: UInt64) -> Graph {
    var n = NetworkBuilder(input: image, seed: seed)
    var x = n.maxPool(n.conv(n.start, 16, stride: 1), kernel: 3, stride: 2, pad: 1)
    for (channels, stride) in [(16, 1), (24, 2)] {
      let shortcut =
        stride == 1 ? x : n.conv(x, channels, kernel: 1, stride: stride, activation: .none)
      var y = n.conv(x, 8, kernel: 1)
      y = n.conv(y, 8, stride: stride)
      y = n.conv(y, channels, kernel: 1, activation: .none)
      x = n.sum(y, shortcut)
    }
    let output = n.linear(n.mean(x), 10)
    return n.graph(output)
  }

  static func mobile(_ seed: UInt64) -> Graph {
    var n = NetworkBuilder(input: image, seed: seed)
    var x = n.conv(n.start, 16, stride: 2, activation: relu6)
    for (channels, stride) in [(16, 1), (22, 2), (22, 1)] {
      let before = x
      var y = n.conv(x, 40, kernel: 1, activation: relu6)
      y = n.conv(y, 40, stride: stride, groups: 40, activation: relu6)
      y = n.conv(y, channels, kernel: 1, activation: .none)
      x = stride == 1 && n[before].channels == channels ? n.sum(y, before, .none) : y
    }
    let output = n.linear(n.mean(n.conv(x, 32, kernel: 1, activation: relu6)), 10)
    return n.graph(output)
  }

  /// Branches of sizes that are no multiples of four, one inside another, one read twice.
  static func inception(_ seed: UInt64) -> Graph {
    var n = NetworkBuilder(input: image, seed: seed)
    let stem = n.conv(n.start, 13)
    let a = n.conv(stem, 8, kernel: 1)
    let b = n.conv(n.conv(stem, 6, kernel: 1), 9)
    let c = n.averagePool(stem, kernel: 3, stride: 1, pad: 1)
    let first = n.concat([a, b, c])
    let d = n.maxPool(first, kernel: 3, stride: 1, pad: 1)
    let e = n.conv(first, 12)
    let second = n.concat([first, d, e])
    let last = n.averagePool(n.conv(second, 20), kernel: 2, stride: 2)
    let output = n.linear(last, 10)
    return n.graph(output)
  }

  /// Grouped convolutions of both kinds, a lone activation, a channel multiplier, and logits that
  /// no convolution makes.
  static func oddities(_ seed: UInt64) -> Graph {
    var n = NetworkBuilder(input: image, seed: seed)
    var x = n.conv(n.start, 16, activation: .none)
    x = n.activation(x, .relu)
    x = n.conv(x, 16, groups: 2)
    x = n.conv(x, 18, groups: 2)
    x = n.conv(x, 36, groups: 18)
    x = n.averagePool(x, kernel: 3, stride: 2, pad: 1, countsPadding: true)
    let output = n.mean(n.conv(x, 10, kernel: 1))
    return n.graph(output)
  }

  /// The image is pooled and added before any convolution.
  static func pooledImage(_ seed: UInt64, channels: Int = 3) -> Graph {
    var n = NetworkBuilder(
      input: Shape(height: 12, width: 12, channels: channels), seed: seed)
    let pooled = n.averagePool(n.start, kernel: 2, stride: 2)
    let direct = n.conv(n.start, 8, stride: 2)
    let x = n.sum(n.conv(pooled, 8), direct)
    let output = n.linear(x, 10)
    return n.graph(output)
  }

  /// Inverted residuals with hard swish and squeeze-and-excitation, as in MobileNetV3.
  static func gated(_ seed: UInt64) -> Graph {
    var n = NetworkBuilder(input: image, seed: seed)
    var x = n.function(n.conv(n.start, 16, stride: 2, activation: .none), .hardSwish)
    for stride in [1, 2] {
      let before = x
      var y = n.function(n.conv(x, 40, kernel: 1, activation: .none), .hardSwish)
      y = n.function(n.conv(y, 40, stride: stride, groups: 40, activation: .none), .hardSwish)
      let inner = n.conv(n.mean(y), 12, kernel: 1)
      let gate = n.function(
        n.conv(inner, 40, kernel: 1, activation: .none), .hardSigmoid(alpha: 1 / 6, beta: 0.5))
      y = n.conv(n.product(y, gate), 16, kernel: 1, activation: .none)
      x = stride == 1 ? n.sum(y, before, .none) : y
    }
    let output = n.linear(n.mean(x), 10)
    return n.graph(output)
  }

  /// One function after each layer, behind a sum and a product of two images as well.
  static func curved(_ seed: UInt64, _ function: ScalarFunction) -> Graph {
    var n = NetworkBuilder(input: image, seed: seed)
    var x = n.function(n.conv(n.start, 16, activation: .none), function)
    let y = n.function(n.conv(x, 16, stride: 2, activation: .none), function)
    let z = n.conv(y, 16, activation: .none)
    x = n.function(n.sum(y, z, .none), function)
    x = n.product(x, n.function(n.conv(y, 16, kernel: 1, activation: .none), .sigmoid))
    let output = n.linear(n.maxPool(x), 10)
    return n.graph(output)
  }

  /// Channels split in halves and shuffled, as in ShuffleNet.
  static func shuffled(_ seed: UInt64) -> Graph {
    var n = NetworkBuilder(input: image, seed: seed)
    var x = n.conv(n.start, 18, stride: 2)
    for _ in 0..<2 {
      let left = n.selection(x, Array(0..<9))
      let right = n.selection(x, Array(9..<18))
      let branch = n.conv(n.conv(right, 9, groups: 9, activation: .none), 9, kernel: 1)
      x = n.selection(n.concat([left, branch]), (0..<18).map { $0 % 2 * 9 + $0 / 2 })
    }
    let output = n.linear(n.mean(x), 10)
    return n.graph(output)
  }
}
