import SINFGraph

@testable import SINFCompiler

/// Small networks with random weights for the method's tests.
struct GraphBuilder {
  var values: [Value]
  var nodes: [Node] = []
  var generator: SeededGenerator

  init(height: Int, width: Int, channels: Int, seed: UInt64) {
    values = [Value(name: "image", shape: Shape(height: height, width: width, channels: channels))]
    generator = SeededGenerator(seed: seed)
  }

  mutating func append(_ name: String, _ operation: Operation, _ inputs: [ValueID], _ shape: Shape)
    -> ValueID
  {
    values.append(Value(name: name, shape: shape))
    let output = ValueID(values.count - 1)
    nodes.append(Node(name: name, operation: operation, inputs: inputs, output: output))
    return output
  }

  mutating func conv(
    _ input: ValueID, _ channels: Int, kernel: Int = 3, depthwise: Bool = false,
    activation: Activation = .relu
  ) -> ValueID {
    let shape = values[input.index].shape
    let groups = depthwise ? shape.channels : 1
    let taps = kernel * kernel * shape.channels / groups
    let spread = (2 / Float(taps)).squareRoot()
    let pad = kernel / 2
    let conv = Convolution(
      inputChannels: shape.channels, outputChannels: channels, kernelHeight: kernel,
      kernelWidth: kernel, padding: Padding(top: pad, left: pad, bottom: pad, right: pad),
      groups: groups, weights: (0..<channels * taps).map { _ in spread * generator.normal() },
      bias: (0..<channels).map { _ in 0.1 * generator.normal() }, activation: activation)
    return append(
      "conv\(nodes.count)", .convolution(conv), [input],
      Shape(height: shape.height, width: shape.width, channels: channels))
  }

  mutating func add(_ a: ValueID, _ b: ValueID) -> ValueID {
    append("add\(nodes.count)", .add(.relu), [a, b], values[a.index].shape)
  }

  mutating func concat(_ a: ValueID, _ b: ValueID) -> ValueID {
    var shape = values[a.index].shape
    shape.channels += values[b.index].shape.channels
    return append("concat\(nodes.count)", .concat, [a, b], shape)
  }

  mutating func pool(_ input: ValueID) -> ValueID {
    var shape = values[input.index].shape
    shape.height /= 2
    shape.width /= 2
    let window = Pooling(kernelHeight: 2, kernelWidth: 2, strideHeight: 2, strideWidth: 2)
    return append("pool\(nodes.count)", .maxPool(window), [input], shape)
  }

  mutating func head(_ input: ValueID, classes: Int) -> ValueID {
    let pooled = append(
      "mean", .globalAveragePool, [input],
      Shape(height: 1, width: 1, channels: values[input.index].shape.channels))
    return conv(pooled, classes, kernel: 1, activation: .none)
  }

  /// The finished network: mean over space and a linear layer behind `input`.
  mutating func classifier(_ input: ValueID, classes: Int) -> Graph {
    let output = head(input, classes: classes)
    return graph(output: output)
  }

  func graph(output: ValueID) -> Graph {
    Graph(values: values, nodes: nodes, input: ValueID(0), output: output)
  }

  mutating func images(_ count: Int) -> Tensor {
    let shape = values[0].shape
    return Tensor(
      count: count, shape: shape,
      storage: (0..<count * shape.count).map { _ in generator.normal() })
  }
}
