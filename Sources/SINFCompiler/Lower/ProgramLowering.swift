import SINFGraph
import SINFModelWriter

/// Turns the nodes of one part into operations of the runtime.
struct ProgramLowering {
  let quantized: QuantizedGraph
  let program: Int
  private(set) var operations: [OperationDescription] = []

  init(quantized: QuantizedGraph, program: Int) {
    self.quantized = quantized
    self.program = program
  }

  mutating func run(_ tensors: inout TensorTable) throws {
    for (step, node) in quantized.graph.nodes.enumerated() {
      let inputs = node.inputs.map { tensors.index(of: $0, in: program) }
      let output = tensors.index(of: node.output, in: program)
      switch node.operation {
      case .convolution(let conv):
        convolution(conv, quantized.convolutions[step]!, inputs[0], output, &tensors)
      case .maxPool(let pooling):
        operations.append(.maxPool(Window(pooling), input: inputs[0], output: output))
      case .averagePool(let pooling):
        average(Window(pooling), pooling.countsPadding, inputs[0], output, tensors)
      case .globalAveragePool:
        let shape = quantized.graph[node.inputs[0]].shape
        average(
          Window(kernelHeight: shape.height, kernelWidth: shape.width), false, inputs[0], output,
          tensors)
      case .add(let activation):
        add(activation, node, inputs, output, tensors)
      case .concat:
        concatenate(node, step, inputs, output, &tensors)
      case .multiply:
        multiply(inputs, output, tensors)
      case .activation(let activation):
        let (low, high) = activation.bounds
        let table = table(node.inputs[0], node.output, .clamp(low: low, high: high))
        operations.append(.lookup(table: table, input: inputs[0], output: output))
      case .function(let function):
        let table = table(node.inputs[0], node.output, function)
        operations.append(.lookup(table: table, input: inputs[0], output: output))
      }
    }
  }

  private func parameters(_ value: ValueID) -> QuantizationParameters {
    quantized.parameters[value]!
  }

  private mutating func average(
    _ window: Window, _ countsPadding: Bool, _ input: Int, _ output: Int, _ tensors: TensorTable
  ) {
    operations.append(
      .averagePool(
        window, countsPadding: countsPadding,
        multiplier: tensors[input].scale / tensors[output].scale, input: input, output: output))
  }

  private mutating func add(
    _ activation: Activation, _ node: Node, _ inputs: [Int], _ output: Int, _ tensors: TensorTable
  ) {
    let bounds = ConvolutionQuantizer.bounds(activation, parameters(node.output))
    let scale = tensors[output].scale
    operations.append(
      .add(
        multiplierA: tensors[inputs[0]].scale / scale,
        multiplierB: tensors[inputs[1]].scale / scale, low: bounds.low, high: bounds.high,
        a: inputs[0], b: inputs[1], output: output))
  }

  private mutating func multiply(_ inputs: [Int], _ output: Int, _ tensors: TensorTable) {
    let multiplier = tensors[inputs[0]].scale * tensors[inputs[1]].scale / tensors[output].scale
    operations.append(
      .multiply(
        multiplier: multiplier, low: 0, high: 255, a: inputs[0], b: inputs[1], output: output))
  }

  private mutating func concatenate(
    _ node: Node, _ step: Int, _ inputs: [Int], _ output: Int, _ tensors: inout TensorTable
  ) {
    var first = 0
    for (position, value) in node.inputs.enumerated() {
      let channels = quantized.graph[value].shape.channels
      defer { first += channels }
      if tensors.isInPlace(value, in: node.output, first: first, program: program) { continue }
      var source = inputs[position]
      if parameters(value) != parameters(node.output) {
        source = tensors.requantized(
          RequantizedOperand(value: value, position: position), step: step, program: program,
          parameters: parameters(node.output))
        operations.append(
          .lookup(
            table: table(value, node.output, .identity), input: inputs[position], output: source))
      }
      let target = tensors.view(of: output, first: first, channels: channels)
      operations.append(.copy(input: source, output: target))
    }
  }

  /// What each stored value of `from` becomes as a value of `to`.
  private func table(_ from: ValueID, _ to: ValueID, _ function: ScalarFunction) -> [UInt8] {
    let (from, to) = (parameters(from), parameters(to))
    return (0..<256).map { to.quantize(function(from.dequantize(UInt8($0)))) }
  }

  private mutating func convolution(
    _ conv: Convolution, _ integer: QuantizedConvolution, _ input: Int, _ output: Int,
    _ tensors: inout TensorTable
  ) {
    let perGroup = conv.inputChannelsPerGroup
    let outputsPerGroup = conv.outputChannels / conv.groups
    if conv.groups == 1 {
      operations.append(.convolution(integer, input: input, output: output))
    } else if conv.isDepthwise && conv.outputChannels == conv.inputChannels {
      operations.append(.depthwise(integer, input: input, output: output))
    } else if perGroup % 4 == 0 && outputsPerGroup % 4 == 0 {
      for group in 0..<conv.groups {
        operations.append(
          .convolution(
            integer.outputs(group * outputsPerGroup..<(group + 1) * outputsPerGroup),
            input: tensors.view(of: input, first: group * perGroup, channels: perGroup),
            output: tensors.view(
              of: output, first: group * outputsPerGroup, channels: outputsPerGroup)))
      }
    } else {
      operations.append(.convolution(integer.dense(conv), input: input, output: output))
    }
  }
}

extension Window {
  fileprivate init(_ pooling: Pooling) {
    self.init(
      kernelHeight: pooling.kernelHeight, kernelWidth: pooling.kernelWidth,
      strideHeight: pooling.strideHeight, strideWidth: pooling.strideWidth,
      padTop: pooling.padding.top, padLeft: pooling.padding.left)
  }
}

extension QuantizedConvolution {
  /// The same for some of the output channels.
  fileprivate func outputs(_ range: Range<Int>) -> QuantizedConvolution {
    let taps = weights.count / bias.count
    var result = self
    result.weights = Array(weights[range.lowerBound * taps..<range.upperBound * taps])
    result.bias = Array(bias[range])
    result.multipliers = Array(multipliers[range])
    return result
  }

  /// The same over all input channels, with zeros between the groups.
  fileprivate func dense(_ conv: Convolution) -> QuantizedConvolution {
    let perGroup = conv.inputChannelsPerGroup
    let outputsPerGroup = conv.outputChannels / conv.groups
    let positions = conv.kernelHeight * conv.kernelWidth
    var result = self
    result.weights = [Int8](
      repeating: 0, count: conv.outputChannels * positions * conv.inputChannels)
    for output in 0..<conv.outputChannels {
      for position in 0..<positions {
        let from = (output * positions + position) * perGroup
        let to =
          (output * positions + position) * conv.inputChannels
          + output / outputsPerGroup * perGroup
        for c in 0..<perGroup { result.weights[to + c] = weights[from + c] }
      }
    }
    return result
  }
}
