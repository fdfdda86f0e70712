import SINFGraph
import SINFModel
import SINFModelWriter

/// Turns one convolution into integers: weights first, and when their effect on the mean output
/// is known, the bias.
///
/// Throughout, a weight is taken by the stored step of its input: V = weight * gain. Then
/// `real output = bias + sum V * (stored - zero)`, and with V = scale * integer one scale is left
/// for each output channel. The image's normalisation, with its own gain and zero for each
/// colour, needs nothing further.
struct ConvolutionQuantizer {
  let convolution: Convolution
  let encoding: InputEncoding
  /// Nil for float32 logits.
  let output: QuantizationParameters?
  /// The integer weights, in the layout of `convolution.weights`.
  private(set) var stored: [Int8]
  /// Of each output channel: the real value of one unit of the 32-bit sum.
  private(set) var scales: [Float]

  /// - Parameters:
  ///   - variances: of what each tap reads, [kernelHeight][kernelWidth][inputChannels], real.
  init(
    _ convolution: Convolution, encoding: InputEncoding, output: QuantizationParameters?,
    variances: [Double], searchesScale: Bool, boundsPairs: Bool
  ) {
    self.convolution = convolution
    self.encoding = encoding
    self.output = output
    stored = [Int8](repeating: 0, count: convolution.weights.count)
    scales = [Float](repeating: 1, count: convolution.outputChannels)
    let taps = convolution.taps
    // Far below anything that shows in the output, and far above what a file may hold.
    let least = (output?.scale ?? 1) * 0x1p-40
    for channel in 0..<convolution.outputChannels {
      let inputs = Self.inputs(of: channel, convolution)
      let first = channel * taps
      let weights = (0..<taps).map { k in
        convolution.weights[first + k] * encoding.gain(inputs[k].channel)
      }
      let importance = (0..<taps).map { k in
        let gain = Double(encoding.gain(inputs[k].channel))
        return max(variances[inputs[k].tap], 0) / (gain * gain)
      }
      let pairs = boundsPairs ? Self.pairs(inputs.map(\.channel)) : []
      let quantizer = WeightQuantizer(weights: weights, importance: importance, pairs: pairs)
      var quantized = quantizer.quantize(least: least, searches: searchesScale)
      let bias = convolution.bias[channel]
      // Half of the accumulator for weights and zero points at their worst, half for the bias.
      while Self.sum(quantized.stored) * 510 > 1 << 30
        || Double(abs(bias)) / Double(quantized.scale) > 0x1p29
      {
        quantized = quantizer.round(quantized.scale * 2)
      }
      stored.replaceSubrange(first..<first + taps, with: quantized.stored)
      scales[channel] = quantized.scale
    }
  }

  private static func sum(_ stored: [Int8]) -> Int { stored.reduce(0) { $0 + abs(Int($1)) } }

  /// Which channel of the input each tap of an output channel reads, and where that is in
  /// [kernelHeight][kernelWidth][inputChannels].
  static func inputs(of output: Int, _ conv: Convolution) -> [(channel: Int, tap: Int)] {
    let perGroup = conv.inputChannelsPerGroup
    let first = output / (conv.outputChannels / conv.groups) * perGroup
    return (0..<conv.taps).map { k in
      let channel = first + k % perGroup
      return (channel, k / perGroup * conv.inputChannels + channel)
    }
  }

  /// The taps that meet in the pairs of packed weights, channels 2 i and 2 i + 1 at one position of
  /// the kernel: the first tap of each; the second one follows it.
  private static func pairs(_ channels: [Int]) -> [Int] {
    channels.indices.dropLast().filter {
      channels[$0] % 2 == 0 && channels[$0 + 1] == channels[$0] + 1
    }
  }

  /// Whether all pairs of all output channels fit 16-bit sums (`Packing.pairFits`).
  private var pairsFit: Bool {
    let taps = convolution.taps
    return (0..<convolution.outputChannels).allSatisfy { output in
      let channels = Self.inputs(of: output, convolution).map(\.channel)
      return Self.pairs(channels).allSatisfy {
        Packing.pairFits(stored[output * taps + $0], stored[output * taps + $0 + 1])
      }
    }
  }

  /// The float convolution without activation that the integer weights stand for.
  var meaning: Convolution {
    var result = convolution
    result.activation = .none
    for channel in 0..<convolution.outputChannels {
      let inputs = Self.inputs(of: channel, convolution)
      for k in 0..<convolution.taps {
        let index = channel * convolution.taps + k
        result.weights[index] =
          Float(stored[index]) * scales[channel] / encoding.gain(inputs[k].channel)
      }
    }
    return result
  }

  /// The finished layer with `bias` (real, corrected) instead of the convolution's own.
  ///
  /// - Throws: `LoweringError` if the 32-bit sum could overflow.
  func finish(bias: [Double], name: String) throws -> QuantizedConvolution {
    let taps = convolution.taps
    var integerBias: [Int32] = []
    for channel in 0..<convolution.outputChannels {
      let inputs = Self.inputs(of: channel, convolution)
      var zeros = 0.0
      var magnitude = 0
      for k in 0..<taps {
        let weight = Int(stored[channel * taps + k])
        zeros += Double(weight) * encoding.zero(inputs[k].channel)
        magnitude += abs(weight)
      }
      let exact = (bias[channel] / Double(scales[channel]) - zeros).rounded(.toNearestOrEven)
      guard exact.magnitude + Double(255 * magnitude) <= Double(Int32.max) else {
        throw LoweringError(
          "'\(name)', output channel \(channel): bias \(exact) and weights of sum \(magnitude) can"
            + " exceed 32 bits")
      }
      integerBias.append(Int32(exact))
    }
    let padding = convolution.padding
    let bounds = Self.bounds(convolution.activation, output)
    return QuantizedConvolution(
      window: Window(
        kernelHeight: convolution.kernelHeight, kernelWidth: convolution.kernelWidth,
        strideHeight: convolution.strideHeight, strideWidth: convolution.strideWidth,
        padTop: padding.top, padLeft: padding.left),
      weights: stored, bias: integerBias,
      multipliers: scales.map { $0 / (output?.scale ?? 1) },
      padValues: encoding.padValues, low: bounds.low, high: bounds.high, pairsFit: pairsFit)
  }

  /// The stored values that an activation's bounds fall on.
  static func bounds(
    _ activation: Activation, _ output: QuantizationParameters?
  ) -> (low: UInt8, high: UInt8) {
    guard let output else { return (0, 255) }
    switch activation {
    case .none: return (0, 255)
    case .relu: return (output.zeroPoint, 255)
    case .clamp(let low, let high): return (output.quantize(low), output.quantize(high))
    }
  }
}
