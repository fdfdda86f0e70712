import SINFGraph
import SINFModel
import Testing

@testable import SINFCompiler

@Suite struct QuantizeRangeTests {
  private func histogram(_ values: [Float]) -> Histogram {
    var result = Histogram()
    result.add(values)
    return result
  }

  @Test func zeroPointIsZeroForWhatIsNeverNegative() {
    var generator = SeededGenerator(seed: 1)
    let values = (0..<5000).map { _ in max(0, generator.normal()) }
    let methods: [RangeMethod] = [.minMax, .percentile(0.001), .leastError(power: 2)]
    for method in methods {
      #expect(histogram(values).parameters(method).zeroPoint == 0)
    }
    #expect(abs(histogram(values).parameters(.minMax).scale * 255 - values.max()!) < 1e-5)
  }

  @Test func zeroIsStoredExactly() {
    for (low, high) in [(-1.0, 3.0), (-2.5, 0.1), (-0.001, 7), (0.5, 2), (-3, -1)] {
      let parameters = Histogram.parameters(low: Float(low), high: Float(high))
      #expect(parameters.dequantize(parameters.quantize(0)) == 0)
    }
  }

  /// The search must find what trying every bound by itself finds.
  @Test func leastErrorBeatsEveryOtherRange() {
    var generator = SeededGenerator(seed: 2)
    // A heavy tail: fourth powers of normal values.
    let values = (0..<20000).map { _ in
      let value = generator.normal()
      return value * value * value * value
    }
    func error(_ p: QuantizationParameters) -> Double {
      values.reduce(0) { sum, value in
        let d = Double(value - p.dequantize(p.quantize(value)))
        return sum + d * d
      }
    }
    let found = histogram(values).parameters(.leastError(power: 2))
    let widest = histogram(values).parameters(.minMax)
    #expect(error(found) <= error(widest))
    let best = stride(from: Float(1), through: values.max()!, by: 2).map {
      error(Histogram.parameters(low: 0, high: $0))
    }.min()!
    #expect(error(found) < 1.02 * best)
  }

  @Test func percentileCutsTheTail() {
    let values = (1...1000).map { Float($0) }
    let parameters = histogram(values).parameters(.percentile(0.01))
    #expect(abs(parameters.scale * 255 - 990) < 2)
    let both = histogram(values + values.map { -$0 }).parameters(.percentile(0.02))
    #expect(abs(both.range.upperBound - 980) < 10 && abs(both.range.lowerBound + 980) < 10)
  }

  @Test func portionsAndMergesDontMatter() {
    var generator = SeededGenerator(seed: 3)
    let small = (0..<3000).map { _ in generator.normal() * 0.01 }
    let large = (0..<3000).map { _ in generator.normal() * 50 }
    var portions = histogram(small)
    portions.add(large)
    var merged = histogram(large)
    merged.merge(histogram(small))
    #expect(portions.count == 6000 && merged.count == 6000)
    #expect(portions.bins == merged.bins && portions.width == merged.width)
    #expect(portions.minimum == large.min()! && portions.maximum == large.max()!)
  }

  @Test func allZeros() {
    let parameters = histogram([0, 0, 0]).parameters(.leastError(power: 2))
    #expect(parameters.scale > 0 && parameters.zeroPoint == 0)
  }
}

@Suite struct QuantizeWeightsTests {
  private let input = QuantizationParameters(scale: 0.02, zeroPoint: 7)
  private let output = QuantizationParameters(scale: 0.05, zeroPoint: 3)

  private func quantizer(
    _ conv: Convolution, variances: [Double]? = nil, searches: Bool = true, pairs: Bool = false
  ) -> ConvolutionQuantizer {
    ConvolutionQuantizer(
      conv, encoding: .affine(input), output: output,
      variances: variances ?? [Double](repeating: 1, count: conv.taps * conv.groups),
      searchesScale: searches, boundsPairs: pairs)
  }

  private func random(_ outputs: Int, _ inputs: Int, seed: UInt64) -> Convolution {
    var generator = SeededGenerator(seed: seed)
    return Convolution(
      inputChannels: inputs, outputChannels: outputs, kernelHeight: 3, kernelWidth: 3,
      weights: (0..<outputs * inputs * 9).map { _ in generator.normal() },
      bias: (0..<outputs).map { _ in generator.normal() })
  }

  @Test func weightsStayInRangeAndMeanWhatTheySay() {
    let conv = random(4, 6, seed: 1)
    let quantizer = quantizer(conv, searches: false)
    #expect(quantizer.stored.allSatisfy { $0 >= -127 })
    let meaning = quantizer.meaning
    for channel in 0..<4 {
      let weights = conv.weights[channel * 54..<(channel + 1) * 54]
      let step = weights.map(abs).max()! / 127
      for (a, b) in zip(weights, meaning.weights[channel * 54..<(channel + 1) * 54]) {
        #expect(abs(a - b) <= step * 0.501)
      }
    }
  }

  @Test func searchedScaleIsNeverWorse() {
    var conv = random(3, 4, seed: 2)
    conv.weights[5] = 12  // a lone large weight
    let variances = (0..<36).map { $0 == 5 ? 1e-6 : 1.0 }
    func error(_ searches: Bool) -> Double {
      let meaning = quantizer(conv, variances: variances, searches: searches).meaning
      return zip(conv.weights, meaning.weights).prefix(36).enumerated().reduce(0) {
        let d = Double($1.element.0 - $1.element.1)
        return $0 + d * d * variances[$1.offset]
      }
    }
    #expect(error(true) < 0.6 * error(false))
  }

  /// Channels 2 i and 2 i + 1 at one position of the kernel are a pair of the packed weights.
  @Test(arguments: [6, 7]) func pairsAreKeptSmall(inputs: Int) throws {
    var conv = random(8, inputs, seed: 4)
    // The largest weights of a channel side by side: at the widest scale their pair cannot fit.
    for output in 0..<4 {
      let sign: Float = output % 2 == 0 ? 1 : -1
      conv.weights[output * inputs * 9] = sign * 5
      conv.weights[output * inputs * 9 + 1] = sign * 4.5
    }
    let bias = conv.bias.map(Double.init)
    let free = try quantizer(conv, searches: false).finish(bias: bias, name: "free")
    #expect(!free.pairsFit)
    let bound = quantizer(conv, searches: false, pairs: true)
    let layer = try bound.finish(bias: bias, name: "bound")
    #expect(layer.pairsFit)
    for tap in stride(from: 0, to: layer.weights.count, by: inputs) {
      for channel in stride(from: 0, to: inputs - 1, by: 2) {
        let (a, b) = (layer.weights[tap + channel], layer.weights[tap + channel + 1])
        #expect(Packing.pairFits(a, b))
      }
    }
    // What is cut off costs less than storing everything at half the resolution would.
    let meaning = bound.meaning
    for output in 0..<8 {
      let range = output * inputs * 9..<(output + 1) * inputs * 9
      let step = conv.weights[range].map(abs).max()! / 127
      let error = zip(conv.weights[range], meaning.weights[range])
        .reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
      #expect(error <= Double(range.count) * Double(step * step) / 3)
    }
  }

  @Test func biasHoldsTheZeroPoint() throws {
    let conv = random(2, 3, seed: 3)
    let quantizer = quantizer(conv)
    let layer = try quantizer.finish(bias: conv.bias.map(Double.init), name: "conv")
    for channel in 0..<2 {
      let sum = layer.weights[channel * 27..<(channel + 1) * 27].reduce(0) { $0 + Int($1) }
      let real = Double(Int(layer.bias[channel]) + sum * 7) * Double(quantizer.scales[channel])
      #expect(abs(real - Double(conv.bias[channel])) <= Double(quantizer.scales[channel]))
    }
    #expect(layer.padValues == [7, 7, 7, 7])
  }

  /// 100,000 weights of the largest size could reach 3.2e9.
  @Test func sumsCannotOverflow() throws {
    let taps = 100_000
    let conv = Convolution(
      inputChannels: taps, outputChannels: 2, kernelHeight: 1, kernelWidth: 1,
      weights: [Float](repeating: 1, count: taps * 2), bias: [1, 1e12])
    let quantizer = quantizer(conv, searches: false)
    let layer = try quantizer.finish(bias: [1, 1e12], name: "wide")
    for channel in 0..<2 {
      let magnitudes = layer.weights[channel * taps..<(channel + 1) * taps].reduce(0) {
        $0 + Int($1.magnitude)
      }
      #expect(Int(layer.bias[channel].magnitude) + 255 * magnitudes <= Int(Int32.max))
    }
  }

  @Test func channelsWithoutWeightsKeepTheirBias() throws {
    var conv = random(2, 3, seed: 4)
    for k in 0..<27 { conv.weights[k] = 0 }
    conv.bias[0] = 1.5
    let quantizer = quantizer(conv)
    let layer = try quantizer.finish(bias: conv.bias.map(Double.init), name: "dead")
    let stored = Float(layer.bias[0]) * layer.multipliers[0]
    #expect(abs(stored * output.scale - 1.5) < 0.01)
    #expect(layer.multipliers[0] >= 0x1p-64)
  }

  @Test func activationsBecomeBounds() {
    #expect(ConvolutionQuantizer.bounds(.relu, output) == (3, 255))
    #expect(ConvolutionQuantizer.bounds(.none, output) == (0, 255))
    #expect(ConvolutionQuantizer.bounds(.clamp(low: 0, high: 6), output) == (3, 123))
  }
}

@Suite struct QuantizeCorrectionTests {
  /// With bias correction the mean error of every output is much smaller than without.
  @Test func meanErrorShrinks() throws {
    let graph = Networks.mobile(3)
    let normalization = try InputNormalization(mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2])
    let bytes = pictures(32, Networks.image, seed: 6)
    let input = Tensor(count: 32, shape: Networks.image, storage: normalization.apply(bytes))
    let expected = try FloatExecutor(graph).run(input)[graph.output]!
    func meanError(_ corrects: Bool) throws -> Float {
      let quantized = try Quantizer(
        normalization: normalization,
        options: .init(correctsBias: corrects, searchesWeightScales: false)
      ).quantize(NetworkParts(plain: graph), on: Calibration(bytes: bytes, count: 32))
      let lowered = try lower(
        quantized, preprocessing: preprocessing(for: Networks.image),
        labels: (0..<10).map(String.init), metadata: emptyMetadata)
      let device = try runOnDevice(lowered.description, bytes, count: 32, mode: .whole)
      return (0..<10).reduce(Float(0)) { total, o in
        let difference = (0..<32).reduce(Float(0)) {
          $0 + device[$1].logits[o] - expected[image: $1][expected[image: $1].startIndex + o]
        }
        return total + abs(difference / 32)
      }
    }
    #expect(try meanError(true) < 0.3 * meanError(false))
  }

  @Test func sameInputsGiveTheSameIntegers() throws {
    let graph = Networks.inception(2)
    let normalization = try InputNormalization(mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2])
    let calibration = Calibration(bytes: pictures(8, Networks.image, seed: 1), count: 8)
    let runs = try (0..<2).map { _ in
      try Quantizer(normalization: normalization).quantize(
        NetworkParts(plain: graph), on: calibration
      ).whole
    }
    #expect(runs[0].parameters == runs[1].parameters)
    for (index, layer) in runs[0].convolutions {
      #expect(layer.weights == runs[1].convolutions[index]!.weights)
      #expect(layer.bias == runs[1].convolutions[index]!.bias)
    }
  }
}
