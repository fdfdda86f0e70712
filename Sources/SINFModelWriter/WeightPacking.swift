import SINFModel

/// Weights as the kernels read them; `Packing` has the layout and its index formulas.
public enum WeightPacking {
  /// Panels of `[tap group][channel in panel][4]`, from
  /// `[outputChannels][kernelHeight][kernelWidth][inputChannels]`.
  public static func convolution(
    _ weights: [Int8], outputChannels: Int, kernelHeight: Int, kernelWidth: Int, inputChannels: Int
  ) -> [Int8] {
    precondition(weights.count == outputChannels * kernelHeight * kernelWidth * inputChannels)
    let groupsPerTap = (inputChannels + Packing.groupTaps - 1) / Packing.groupTaps
    let groups = Packing.tapGroups(
      kernelHeight: kernelHeight, kernelWidth: kernelWidth, inputChannels: inputChannels)
    var packed = [Int8](
      repeating: 0,
      count: Packing.convolutionChannels(outputChannels) * groups * Packing.groupTaps)
    var source = 0
    for channel in 0..<outputChannels {
      for tap in 0..<kernelHeight * kernelWidth {
        for input in 0..<inputChannels {
          let index = Packing.convolutionIndex(
            outputChannel: channel, tapGroup: tap * groupsPerTap + input / Packing.groupTaps,
            lane: input % Packing.groupTaps, outputChannels: outputChannels, tapGroups: groups)
          packed[index] = weights[source]
          source += 1
        }
      }
    }
    return packed
  }

  /// `[ky][kx][channel]`, channels filled up to a multiple of 16, from
  /// `[channels][kernelHeight][kernelWidth]`.
  public static func depthwise(
    _ weights: [Int8], channels: Int, kernelHeight: Int, kernelWidth: Int
  ) -> [Int8] {
    let taps = kernelHeight * kernelWidth
    precondition(weights.count == channels * taps)
    var packed = [Int8](repeating: 0, count: taps * Packing.depthwiseChannels(channels))
    for channel in 0..<channels {
      for tap in 0..<taps {
        packed[Packing.depthwiseIndex(tap: tap, channel: channel, channels: channels)] =
          weights[channel * taps + tap]
      }
    }
    return packed
  }

  /// Sum of each channel's weights, from the layout before packing (channels outermost).
  static func sums(_ weights: [Int8], channels: Int) -> [Int32] {
    let taps = weights.count / channels
    return (0..<channels).map { channel in
      var sum: Int32 = 0
      for weight in weights[channel * taps..<(channel + 1) * taps] { sum &+= Int32(weight) }
      return sum
    }
  }
}
