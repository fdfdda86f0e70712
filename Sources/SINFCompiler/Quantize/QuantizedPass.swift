import SINFGraph
import SINFModelWriter

/// Quantises one part layer by layer, each on what the quantised layers before it give on the
/// calibration images, so that bias correction makes up for their errors as well.
struct QuantizedPass {
  enum Input {
    /// The normalised images, stored by the device as bytes.
    case image(Tensor, InputNormalization)
    case features(QuantizedTensor)

    var count: Int {
      switch self {
      case .image(let tensor, _): tensor.count
      case .features(let tensor): tensor.count
      }
    }
  }

  let graph: Graph
  let parameters: [ValueID: QuantizationParameters]
  let statistics: [ValueID: ActivationStatistics]
  let input: Input
  /// What the float network reads where `input` is quantised.
  let float: Tensor
  let options: QuantizationOptions

  /// Numbers of the largest tensor in a portion.
  private static let portionNumbers = 8 << 20

  struct Result {
    /// By index of the node.
    var convolutions: [Int: QuantizedConvolution] = [:]
    /// The part's output on the calibration images unless that is float logits.
    var output: QuantizedTensor?
    /// In the order of the nodes.
    var errors: [LayerError] = []
  }

  func run() throws -> Result {
    var live: [ValueID: QuantizedTensor] = [:]
    if case .features(let tensor) = input { live[graph.input] = tensor }
    var result = Result()
    var errors = LayerErrors(graph, input: float)
    var readers = graph.values.map { _ in 0 }
    for node in graph.nodes { for id in node.inputs { readers[id.index] += 1 } }
    readers[graph.output.index] += 1

    for (index, node) in graph.nodes.enumerated() {
      var simulated = node
      if case .convolution(let conv) = node.operation {
        let layer = try quantize(conv, node, live)
        result.convolutions[index] = layer.integer
        simulated.operation = .convolution(layer.meaning)
      }
      if parameters[node.output] != nil {
        live[node.output] = try simulate(simulated, live)
      }
      for id in node.inputs {
        readers[id.index] -= 1
        if readers[id.index] == 0 { live[id] = nil }
      }
      try errors.add(
        node, stored: live[node.output], spent: node.inputs.filter { readers[$0.index] == 0 })
    }
    result.output = live[graph.output]
    result.errors = errors.layers
    return result
  }

  private func quantize(
    _ conv: Convolution, _ node: Node, _ live: [ValueID: QuantizedTensor]
  ) throws -> (integer: QuantizedConvolution, meaning: Convolution) {
    let value = node.inputs[0]
    let known = statistics[value]!
    let output = graph[node.output].shape
    let means = known.mean.tapMeans(conv, output: output)
    let squares = known.meanSquare.tapMeans(conv, output: output)
    let encoding: InputEncoding
    let meansInIntegers: [Double]
    if case .image(_, let normalization) = input, value == graph.input {
      encoding = .image(normalization)
      meansInIntegers = means
    } else {
      encoding = .affine(parameters[value]!)
      meansInIntegers = live[value]!.mean.tapMeans(conv, output: output)
    }
    // A tap that never varies still has weights that mustn't go astray.
    let floor = 1e-3 * (squares.max() ?? 0) + 1e-12
    let variances = zip(squares, means).map { $0 - $1 * $1 + floor }
    let quantizer = ConvolutionQuantizer(
      conv, encoding: encoding, output: parameters[node.output], variances: variances,
      searchesScale: options.searchesWeightScales,
      boundsPairs: options.boundsWeightPairs)
    var meaning = quantizer.meaning
    var bias = conv.bias.map(Double.init)
    // What only chooses numbers is exact where both sides have one quantisation.
    let isExact = conv.isSelection && parameters[value] == parameters[node.output]
    if options.correctsBias && !isExact {
      for channel in 0..<conv.outputChannels {
        for (k, place) in ConvolutionQuantizer.inputs(of: channel, conv).enumerated() {
          let weight = channel * conv.taps + k
          bias[channel] +=
            Double(conv.weights[weight]) * means[place.tap]
            - Double(meaning.weights[weight]) * meansInIntegers[place.tap]
        }
      }
    }
    meaning.bias = bias.map { Float($0) }
    meaning.activation = conv.activation
    return (try quantizer.finish(bias: bias, name: node.name), meaning)
  }

  /// What the device will store for the node's output.
  private func simulate(
    _ node: Node, _ live: [ValueID: QuantizedTensor]
  ) throws -> QuantizedTensor {
    let executor = FloatExecutor(
      Graph(values: graph.values, nodes: [node], input: node.inputs[0], output: node.output))
    let largest = (node.inputs + [node.output]).map { graph[$0].shape.count }.max()!
    let portion = max(1, Self.portionNumbers / largest)
    var result = QuantizedTensor(
      count: input.count, shape: graph[node.output].shape, parameters: parameters[node.output]!,
      stored: [])
    result.stored.reserveCapacity(input.count * result.shape.count)
    for start in stride(from: 0, to: input.count, by: portion) {
      let range = start..<min(start + portion, input.count)
      var given: [ValueID: Tensor] = [:]
      for id in node.inputs {
        if let stored = live[id] {
          given[id] = stored.tensor(range)
        } else if case .image(let images, _) = input {
          given[id] = images.images(range)
        }
      }
      result.append(try executor.run(from: given, to: [node.output])[node.output]!)
    }
    return result
  }
}
