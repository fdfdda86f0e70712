extension Convolution {
  /// A convolution that only moves numbers: output channel `i` is the number at `sources[i]` of
  /// each block, [row][column][channel] flattened, or zero where that is nil. Blocks lie side by
  /// side without overlap; with blocks of one pixel, channels are chosen and reordered.
  ///
  /// - Precondition: Every source lies in the block.
  public static func selection(
    inputChannels: Int, blockHeight: Int = 1, blockWidth: Int = 1, sources: [Int?]
  ) -> Convolution {
    let taps = blockHeight * blockWidth * inputChannels
    var weights = [Float](repeating: 0, count: sources.count * taps)
    for (output, source) in sources.enumerated() {
      guard let source else { continue }
      precondition(source >= 0 && source < taps, "no such number in a block")
      weights[output * taps + source] = 1
    }
    return Convolution(
      inputChannels: inputChannels, outputChannels: sources.count, kernelHeight: blockHeight,
      kernelWidth: blockWidth, strideHeight: blockHeight, strideWidth: blockWidth,
      weights: weights, bias: [Float](repeating: 0, count: sources.count))
  }

  /// A convolution that keeps some rows and columns: `count` of them from `start` on in steps of
  /// `step`, for (vertical, horizontal).
  ///
  /// - Precondition: They lie inside an image of `extents`.
  public static func pixels(
    channels: Int, extents: (Int, Int), start: (Int, Int), step: (Int, Int), count: (Int, Int)
  ) -> Convolution {
    // A window that has exactly `count` places, and looks at the one pixel wanted.
    let height = extents.0 - (count.0 - 1) * step.0
    let width = extents.1 - (count.1 - 1) * step.1
    precondition(
      start.0 >= 0 && start.1 >= 0 && start.0 < height && start.1 < width, "outside the image")
    // Of the window only what reaches to that pixel matters, if a stride ends there as well.
    let kernelHeight = (extents.0 - start.0 - 1) / step.0 + 1 == count.0 ? start.0 + 1 : height
    let kernelWidth = (extents.1 - start.1 - 1) / step.1 + 1 == count.1 ? start.1 + 1 : width
    let taps = kernelHeight * kernelWidth
    var weights = [Float](repeating: 0, count: channels * taps)
    for channel in 0..<channels { weights[channel * taps + start.0 * kernelWidth + start.1] = 1 }
    return Convolution(
      inputChannels: channels, outputChannels: channels, kernelHeight: kernelHeight,
      kernelWidth: kernelWidth, strideHeight: step.0, strideWidth: step.1, groups: channels,
      weights: weights, bias: [Float](repeating: 0, count: channels))
  }

  /// Whether each number that this makes is one of its input's, unchanged, or zero. Such a
  /// convolution is exact in integers where input and output have one quantisation.
  public var isSelection: Bool {
    guard activation == .none, bias.allSatisfy({ $0 == 0 }) else { return false }
    return weights.withUnsafeBufferPointer { weights in
      for output in 0..<outputChannels {
        var ones = 0
        for weight in weights[output * taps..<(output + 1) * taps] where weight != 0 {
          guard weight == 1, ones == 0 else { return false }
          ones = 1
        }
      }
      return true
    }
  }

  /// Which input channel each output channel of a choice among channels is, nil for zero; nil where
  /// this is no such choice.
  var selectedChannels: [Int?]? {
    guard kernelHeight == 1, kernelWidth == 1, strideHeight == 1, strideWidth == 1,
      padding == .none, groups == 1, isSelection
    else { return nil }
    return (0..<outputChannels).map { output in
      (0..<inputChannels).first { weights[output * inputChannels + $0] == 1 }
    }
  }

  /// This convolution reading, instead of channel `i`, the channel `sources[i]` of an image of
  /// `channels` channels.
  ///
  /// - Precondition: It is no grouped one.
  func reading(_ sources: [Int?], of channels: Int) -> Convolution {
    precondition(groups == 1 && sources.count == inputChannels)
    var result = self
    result.inputChannels = channels
    let positions = kernelHeight * kernelWidth
    result.weights = [Float](repeating: 0, count: outputChannels * positions * channels)
    for position in 0..<outputChannels * positions {
      for (channel, source) in sources.enumerated() {
        guard let source else { continue }
        result.weights[position * channels + source] += weights[position * inputChannels + channel]
      }
    }
    return result
  }
}
