extension Convolution {
  /// `scale * x + shift` per channel, as a 1x1 depthwise convolution.
  ///
  /// - Precondition: Both have one number per channel.
  public static func affine(scale: [Float], shift: [Float]) -> Convolution {
    precondition(scale.count == shift.count, "one scale and one shift per channel")
    return Convolution(
      inputChannels: scale.count, outputChannels: scale.count, kernelHeight: 1, kernelWidth: 1,
      groups: scale.count, weights: scale, bias: shift)
  }

  /// Zeros around an image, as a 1x1 depthwise convolution.
  public static func zeroPadding(_ padding: Padding, channels: Int) -> Convolution {
    var result = affine(
      scale: [Float](repeating: 1, count: channels),
      shift: [Float](repeating: 0, count: channels))
    result.padding = padding
    return result
  }

  /// Whether each output pixel is a scaled and shifted input pixel, activation aside.
  public var isAffine: Bool { isChannelwisePixel && padding == .none }

  /// Whether this does nothing but add zeros around the image.
  public var isZeroPadding: Bool {
    isChannelwisePixel && padding != .none && activation == .none && changesNoValue
  }

  /// Whether this does nothing at all.
  public var isIdentity: Bool { isAffine && activation == .none && changesNoValue }

  private var isChannelwisePixel: Bool {
    kernelHeight == 1 && kernelWidth == 1 && strideHeight == 1 && strideWidth == 1
      && groups == inputChannels && outputChannels == inputChannels
  }

  private var changesNoValue: Bool {
    weights.allSatisfy { $0 == 1 } && bias.allSatisfy { $0 == 0 }
  }

  /// This convolution with the scale, shift and activation of `next` after it.
  ///
  /// - Precondition: `next.isAffine` with as many channels, and no activation lies between.
  func followed(by next: Convolution) -> Convolution {
    precondition(next.isAffine && next.inputChannels == outputChannels && activation == .none)
    var result = self
    for output in 0..<outputChannels {
      let scale = Double(next.weights[output])
      for index in output * taps..<(output + 1) * taps {
        result.weights[index] = Float(Double(weights[index]) * scale)
      }
      result.bias[output] = Float(Double(bias[output]) * scale + Double(next.bias[output]))
    }
    result.activation = next.activation
    return result
  }

  /// This convolution with the scale and shift of `previous` before it, or nil where padding makes
  /// that impossible: zeros outside the image are not shifted.
  ///
  /// - Precondition: `previous.isAffine` with as many channels and no activation.
  func preceded(by previous: Convolution) -> Convolution? {
    precondition(
      previous.isAffine && previous.outputChannels == inputChannels && previous.activation == .none)
    guard padding == .none || previous.bias.allSatisfy({ $0 == 0 }) else { return nil }
    var result = self
    let groupInputs = inputChannelsPerGroup
    let groupOutputs = outputChannels / groups
    for output in 0..<outputChannels {
      let firstInput = output / groupOutputs * groupInputs
      var shift = Double(bias[output])
      for tap in 0..<taps {
        let input = firstInput + tap % groupInputs
        let weight = Double(weights[output * taps + tap])
        result.weights[output * taps + tap] = Float(weight * Double(previous.weights[input]))
        shift += weight * Double(previous.bias[input])
      }
      result.bias[output] = Float(shift)
    }
    return result
  }
}

extension Activation {
  /// The activation that does what this one and then `next` does.
  func followed(by next: Activation) -> Activation {
    let (low, high) = bounds
    let (nextLow, nextHigh) = next.bounds
    return .between(
      low: min(max(low, nextLow), nextHigh), high: min(max(high, nextLow), nextHigh))
  }

  /// The simplest activation with these bounds; infinite ones don't bound.
  public static func between(low: Float, high: Float) -> Activation {
    if low == -.infinity && high == .infinity { return .none }
    return low == 0 && high == .infinity ? .relu : .clamp(low: low, high: high)
  }
}
