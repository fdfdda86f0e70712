import SINFGraph
import Testing

/// Runs one node on random images.
func runSingle(
  _ operation: Operation, inputs: [Tensor], output: Shape
) throws -> Tensor {
  let values =
    inputs.enumerated().map { Value(name: "in\($0.offset)", shape: $0.element.shape) } + [
      Value(name: "out", shape: output)
    ]
  let result = ValueID(inputs.count)
  let graph = Graph(
    values: values,
    nodes: [
      Node(
        name: "node", operation: operation, inputs: inputs.indices.map { ValueID($0) },
        output: result)
    ], input: ValueID(0), output: result)
  var given: [ValueID: Tensor] = [:]
  for (index, tensor) in inputs.enumerated() { given[ValueID(index)] = tensor }
  return try #require(try FloatExecutor(graph).run(from: given, to: [result])[result])
}

func outputShape(_ input: Shape, _ conv: Convolution) -> Shape {
  Shape(
    height: (input.height + conv.padding.top + conv.padding.bottom - conv.kernelHeight)
      / conv.strideHeight + 1,
    width: (input.width + conv.padding.left + conv.padding.right - conv.kernelWidth)
      / conv.strideWidth + 1,
    channels: conv.outputChannels)
}

struct ConvolutionCase: CustomStringConvertible {
  var input = Shape(height: 7, width: 6, channels: 8)
  var outputs = 12
  var kernel = (3, 3)
  var stride = (1, 1)
  var padding = Padding(top: 1, left: 1, bottom: 1, right: 1)
  var groups = 1
  var activation = Activation.none

  var description: String {
    "\(input) to \(outputs), kernel \(kernel), stride \(stride), groups \(groups), \(activation)"
  }

  func make(_ numbers: inout Numbers) -> Convolution {
    let taps = kernel.0 * kernel.1 * input.channels / groups
    return Convolution(
      inputChannels: input.channels, outputChannels: outputs, kernelHeight: kernel.0,
      kernelWidth: kernel.1, strideHeight: stride.0, strideWidth: stride.1, padding: padding,
      groups: groups, weights: numbers.array(outputs * taps), bias: numbers.array(outputs),
      activation: activation)
  }
}

@Suite struct FloatExecutorTests {
  static let convolutions = [
    ConvolutionCase(),
    ConvolutionCase(stride: (2, 1), activation: .relu),
    ConvolutionCase(
      kernel: (2, 5), padding: Padding(top: 0, left: 3, bottom: 1, right: 0),
      activation: .clamp(low: -0.5, high: 0.75)),
    ConvolutionCase(kernel: (1, 1), padding: .none),
    ConvolutionCase(kernel: (1, 1), stride: (2, 2), padding: .none),
    ConvolutionCase(kernel: (7, 6), padding: .none),
    ConvolutionCase(groups: 4),
    ConvolutionCase(outputs: 8, stride: (2, 2), groups: 8, activation: .relu),
    ConvolutionCase(outputs: 16, groups: 8),
    ConvolutionCase(
      outputs: 8, kernel: (1, 1), padding: Padding(top: 2, left: 0, bottom: 0, right: 1),
      groups: 8),
    ConvolutionCase(
      input: Shape(height: 1, width: 2, channels: 3), outputs: 4, kernel: (5, 5),
      padding: Padding(top: 3, left: 4, bottom: 3, right: 4)),
  ]

  @Test(arguments: convolutions)
  func convolutionAgreesWithItsDefinition(_ sample: ConvolutionCase) throws {
    var numbers = Numbers(seed: 1)
    let conv = sample.make(&numbers)
    let input = numbers.tensor(3, sample.input)
    let output = outputShape(sample.input, conv)
    let result = try runSingle(.convolution(conv), inputs: [input], output: output)
    let expected = referenceConvolution(input, conv, output)
    #expect(result.largestDifference(from: expected) < 2e-5)
  }

  @Test(arguments: [true, false], [true, false])
  func poolingAgreesWithItsDefinition(maximum: Bool, countsPadding: Bool) throws {
    var numbers = Numbers(seed: 2)
    let input = numbers.tensor(2, Shape(height: 7, width: 8, channels: 5))
    // The last row of windows leaves the padded image, as ceil_mode allows.
    let pool = Pooling(
      kernelHeight: 3, kernelWidth: 2, strideHeight: 3, strideWidth: 1,
      padding: Padding(top: 1, left: 0, bottom: 0, right: 1), countsPadding: countsPadding)
    let output = Shape(height: 3, width: 8, channels: 5)
    let result = try runSingle(
      maximum ? .maxPool(pool) : .averagePool(pool), inputs: [input], output: output)
    let expected = referencePool(input, pool, output, maximum: maximum)
    #expect(result.largestDifference(from: expected) < 1e-6)
  }

  @Test func elementwiseOperationsAgreeWithTheirDefinitions() throws {
    var numbers = Numbers(seed: 3)
    let shape = Shape(height: 3, width: 4, channels: 5)
    let left = numbers.tensor(2, shape)
    let right = numbers.tensor(2, shape)

    let sum = try runSingle(.add(.relu), inputs: [left, right], output: shape)
    #expect(sum.storage == zip(left.storage, right.storage).map { max(0, $0 + $1) })

    let clamped = try runSingle(
      .activation(.clamp(low: -0.25, high: 0.5)), inputs: [left], output: shape)
    #expect(clamped.storage == left.storage.map { min(max($0, -0.25), 0.5) })

    let other = numbers.tensor(2, Shape(height: 3, width: 4, channels: 2))
    let joined = Shape(height: 3, width: 4, channels: 12)
    let concat = try runSingle(.concat, inputs: [left, other, right], output: joined)
    let expected = Tensor.make(2, joined) { image, y, x, channel in
      channel < 5
        ? left.at(image, y, x, channel)!
        : channel < 7 ? other.at(image, y, x, channel - 5)! : right.at(image, y, x, channel - 7)!
    }
    #expect(concat.storage == expected.storage)

    let mean = try runSingle(
      .globalAveragePool, inputs: [left], output: Shape(height: 1, width: 1, channels: 5))
    for image in 0..<2 {
      for channel in 0..<5 {
        var total: Float = 0
        for y in 0..<3 { for x in 0..<4 { total += left.at(image, y, x, channel)! } }
        #expect(abs(mean.at(image, 0, 0, channel)! - total / 12) < 1e-6)
      }
    }
  }

  @Test func im2colRowsTimesWeightsAreThePixels() throws {
    var numbers = Numbers(seed: 4)
    for sample in [ConvolutionCase(stride: (2, 1)), ConvolutionCase(groups: 4)] {
      let conv = sample.make(&numbers)
      let input = numbers.tensor(2, sample.input)
      let output = outputShape(sample.input, conv)
      let expected = referenceConvolution(input, conv, output)
      let pixels = [output.pixels * 2 - 1, 0, output.pixels + 3]
      for group in 0..<conv.groups {
        let all = im2col(input, conv, group: group)
        let some = im2col(input, conv, group: group, pixels: pixels)
        #expect(all.rows == 2 * output.pixels && all.columns == conv.taps && some.rows == 3)
        for (row, pixel) in pixels.enumerated() {
          let taps = some.storage[row * conv.taps..<(row + 1) * conv.taps]
          #expect(taps.elementsEqual(all.storage[pixel * conv.taps..<(pixel + 1) * conv.taps]))
          let channels = conv.outputChannels / conv.groups
          for channel in group * channels..<(group + 1) * channels {
            let weights = conv.weights[channel * conv.taps..<(channel + 1) * conv.taps]
            let product = zip(taps, weights).reduce(conv.bias[channel]) { $0 + $1.0 * $1.1 }
            #expect(
              abs(product - expected.storage[pixel * conv.outputChannels + channel]) < 2e-5)
          }
        }
      }
    }
  }
}
