import SINFCompiler
import SINFGraph
import SINFModel
import SINFModelWriter
import Testing

/// What is exact about taking the image's bytes directly.
@Suite struct LowerFoldingTests {
  /// One 3x3 convolution from the image, its mean values given by a linear layer of ones.
  private func firstLayer(
    _ normalization: InputNormalization, weights: [Float], bias: Float
  ) throws -> QuantizedConvolution {
    let shape = Shape(height: 6, width: 6, channels: 3)
    let conv = Convolution(
      inputChannels: 3, outputChannels: 1, kernelHeight: 3, kernelWidth: 3,
      padding: Padding(top: 1, left: 1, bottom: 1, right: 1), weights: weights, bias: [bias],
      activation: .relu)
    let linear = Convolution(
      inputChannels: 1, outputChannels: 1, kernelHeight: 6, kernelWidth: 6,
      weights: [Float](repeating: 1, count: 36), bias: [0])
    let graph = Graph(
      values: [
        Value(name: "image", shape: shape),
        Value(name: "first", shape: Shape(height: 6, width: 6, channels: 1)),
        Value(name: "logit", shape: Shape(height: 1, width: 1, channels: 1)),
      ],
      nodes: [
        Node(name: "a", operation: .convolution(conv), inputs: [ValueID(0)], output: ValueID(1)),
        Node(name: "b", operation: .convolution(linear), inputs: [ValueID(1)], output: ValueID(2)),
      ], input: ValueID(0), output: ValueID(2))
    let options = QuantizationOptions(
      rangeMethod: .minMax, correctsBias: false, searchesWeightScales: false,
      boundsWeightPairs: false)
    let quantized = try Quantizer(normalization: normalization, options: options).quantize(
      NetworkParts(plain: graph),
      on: Calibration(bytes: pictures(4, shape, seed: 2), count: 4))
    return quantized.whole.convolutions[0]!
  }

  @Test func meansBecomePadValues() throws {
    let normalization = try InputNormalization(
      mean: [0.5071, 0.4866, 0.4409], std: [0.2673, 0.2564, 0.2762])
    let layer = try firstLayer(
      normalization, weights: (0..<27).map { Float($0 % 5) - 2 }, bias: 0.25)
    // 129.31, 124.08 and 112.43.
    #expect(layer.padValues == [129, 124, 112, 0])
    #expect(layer.low == 0 && layer.high == 255)
  }

  /// Inside the image the 32-bit sum is the normalised convolution up to the rounding of weights
  /// and one rounding of the bias.
  @Test func sumIsTheNormalisedConvolution() throws {
    let normalization = try InputNormalization(
      mean: [0.5071, 0.4866, 0.4409], std: [0.2673, 0.2564, 0.2762])
    // Weights that are whole steps of one scale once the deviations are in them.
    let steps = (0..<27).map { Int($0 * 37 % 255) - 127 }
    let weights = steps.enumerated().map { Float($0.element) * normalization.std[$0.offset % 3] }
    let layer = try firstLayer(normalization, weights: weights, bias: 3)
    #expect(layer.weights.map(Int.init) == steps)

    var generator = SeededGenerator(seed: 8)
    for _ in 0..<20 {
      let bytes = (0..<27).map { _ in UInt8(generator.below(256)) }
      let sum = zip(layer.weights, bytes).reduce(Int(layer.bias[0])) {
        $0 + Int($1.0) * Int($1.1)
      }
      var exact = 3.0
      for (k, byte) in bytes.enumerated() {
        let real =
          (Double(byte) / 255 - Double(normalization.mean[k % 3]))
          / Double(normalization.std[k % 3])
        exact += Double(weights[k]) * real
      }
      // One unit of the sum is 1/255: scale / std * std.
      #expect(abs(Double(sum) / 255 - exact) < 0.01)
    }
  }

  /// At the border padding counts as the rounded mean: off by less than half a grey level a tap.
  @Test func paddingIsTheRoundedMean() throws {
    let normalization = try InputNormalization(
      mean: [0.1, 0.2, 0.303], std: [0.2, 0.2, 0.2], scale: 1.0 / 255)
    let layer = try firstLayer(
      normalization, weights: [Float](repeating: 1, count: 27), bias: 0)
    let padded = (0..<27).reduce(Int(layer.bias[0])) {
      $0 + Int(layer.weights[$1]) * Int(layer.padValues[$1 % 3])
    }
    let unit = 1 / 127.0 / 255 / 0.2
    #expect(abs(Double(padded) * unit) < 27 * 0.5 / 255 / 0.2)
  }

  /// A constant image: every format of channel comes out with the value that was asked for.
  @Test(arguments: [Preprocessing.ColorOrder.rgb, .bgr, .grey])
  func constantImage(order: Preprocessing.ColorOrder) throws {
    let channels = order == .grey ? 1 : 3
    let shape = Shape(height: 4, width: 4, channels: channels)
    var builder = NetworkBuilder(input: shape, seed: 4)
    let logits = builder.linear(builder.conv(builder.start, 8), 10)
    let graph = builder.graph(logits)
    let normalization = try InputNormalization(
      mean: Array([0.4, 0.5, 0.6].prefix(channels)), std: Array([0.2, 0.3, 0.25].prefix(channels)))
    let quantized = try Quantizer(normalization: normalization).quantize(
      NetworkParts(plain: graph), on: Calibration(bytes: pictures(32, shape, seed: 5), count: 32))
    let lowered = try lower(
      quantized,
      preprocessing: Preprocessing(
        width: 4, height: 4, channels: UInt8(channels), colorOrder: order),
      labels: (0..<10).map(String.init), metadata: emptyMetadata)
    let level: [UInt8] = [90, 130, 170]
    let bytes = (0..<16).flatMap { _ in level.prefix(channels) }
    let expected = try FloatExecutor(graph).run(
      Tensor(count: 1, shape: shape, storage: normalization.apply(bytes)))[graph.output]!
    let device = try runOnDevice(lowered.description, bytes, count: 1, mode: .whole)[0].logits
    #expect(cosine(expected.storage, device) > 0.99)
  }
}
