import SINFModel

extension WeightPacking {
  /// `[outputChannels][kernelHeight][kernelWidth][inputChannels]` from panels: the inverse of
  /// `convolution`.
  static func unpackedConvolution(
    _ packed: UnsafeBufferPointer<Int8>, outputChannels: Int, kernelHeight: Int, kernelWidth: Int,
    inputChannels: Int
  ) -> [Int8] {
    let groupsPerTap = (inputChannels + Packing.groupTaps - 1) / Packing.groupTaps
    let groups = kernelHeight * kernelWidth * groupsPerTap
    var weights: [Int8] = []
    weights.reserveCapacity(outputChannels * kernelHeight * kernelWidth * inputChannels)
    for channel in 0..<outputChannels {
      for tap in 0..<kernelHeight * kernelWidth {
        for input in 0..<inputChannels {
          weights.append(
            packed[
              Packing.convolutionIndex(
                outputChannel: channel, tapGroup: tap * groupsPerTap + input / Packing.groupTaps,
                lane: input % Packing.groupTaps, outputChannels: outputChannels, tapGroups: groups)]
          )
        }
      }
    }
    return weights
  }

  /// `[channels][kernelHeight][kernelWidth]` from `[ky][kx][channel]`: the inverse of `depthwise`.
  static func unpackedDepthwise(
    _ packed: UnsafeBufferPointer<Int8>, channels: Int, kernelHeight: Int, kernelWidth: Int
  ) -> [Int8] {
    (0..<channels).flatMap { channel in
      (0..<kernelHeight * kernelWidth).map {
        packed[Packing.depthwiseIndex(tap: $0, channel: channel, channels: channels)]
      }
    }
  }
}
