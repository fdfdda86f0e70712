import CKernels

/// Looks at the arrays of one convolution, which lie inside the file.
struct WeightsCheck {
  let file: FileBytes
  let program: Int
  let convolution: ConvolutionView
  let inputChannels: Int
  let outputChannels: Int

  /// Throws unless `found` is `expected`; `at` is an offset in the file.
  private func requireAt(
    _ at: Int, _ found: Int64, _ expected: Int64, _ rule: StaticString
  ) throws(ModelError) {
    guard found == expected else {
      throw ModelError(
        .weights, program, offset: Int64(at), found: found, rule, limit: expected)
    }
  }

  private func offset<Element>(of array: UnsafeBufferPointer<Element>, _ index: Int) -> Int {
    UnsafeRawPointer(array.baseAddress.unsafelyUnwrapped + index) - file.base
  }

  /// Panels of `[tap group][channel][4]`.
  func checkConvolution() throws(ModelError) {
    let groups = Packing.tapGroups(
      kernelHeight: convolution.window.kernelHeight, kernelWidth: convolution.window.kernelWidth,
      inputChannels: inputChannels)
    var panel = 0
    while panel < convolution.packedChannels {
      let width = min(Packing.panelChannels, convolution.packedChannels - panel)
      let start = panel * groups * Packing.groupTaps
      var panelSums = ck_panel_sums()
      ck_i8_panel_sums(
        convolution.weights.baseAddress.unsafelyUnwrapped + start, groups,
        Int32(truncatingIfNeeded: width), &panelSums)
      var channel = panel
      while channel < panel + width {
        let place = channel - panel
        // Only a refusal is worth a walk weight by weight: it says which one.
        let sums =
          panelSums.most <= 127
          ? panelSums.of(place)
          : try sum(
            convolution.weights, from: start + place * Packing.groupTaps,
            step: width * Packing.groupTaps, runs: groups, runLength: Packing.groupTaps)
        try checkChannel(channel, sums)
        channel += 1
      }
      try checkLanes(start: start, width: width, groups: groups)
      if convolution.pairsFit, panelSums.most_in_pair > Packing.pairLimit {
        try checkPairs(
          convolution.weights, from: start, count: groups * width * Packing.groupTaps)
      }
      panel += width
    }
  }

  /// Lanes that fill the last group of four input channels are zero.
  private func checkLanes(
    start: Int, width: Int, groups: Int
  ) throws(ModelError) {
    let used = inputChannels % Packing.groupTaps
    guard used != 0 else { return }
    let perTap = inputChannels / Packing.groupTaps + 1
    var group = perTap - 1
    while group < groups {
      var at = start + group * width * Packing.groupTaps
      let end = at + width * Packing.groupTaps
      while at < end {
        var lane = used
        while lane < Packing.groupTaps {
          try requireAt(
            offset(of: convolution.weights, at + lane), Int64(convolution.weights[at + lane]), 0,
            "weights that fill a group of four are zero")
          lane += 1
        }
        at += Packing.groupTaps
      }
      group += perTap
    }
  }

  /// Pairs of neighbouring weights have products that fit 16 bits, as the operation's flag says.
  private func checkPairs(
    _ weights: UnsafeBufferPointer<Int8>, from first: Int, count: Int
  ) throws(ModelError) {
    let base = weights.baseAddress.unsafelyUnwrapped
    var at = first
    while at < first &+ count {
      if !Packing.pairFits(base[at], base[at &+ 1]) {
        throw ModelError(
          .weights, program, offset: Int64(offset(of: weights, at)),
          found: Int64(base[at]) + Int64(base[at + 1]),
          "the weights of one sign in a pair, where the flag says that pairs fit, add up to at most",
          limit: Int64(Packing.pairLimit))
      }
      at &+= 2
    }
  }

  func checkDepthwise() throws(ModelError) {
    let channels = convolution.packedChannels
    let taps = convolution.window.kernelHeight * convolution.window.kernelWidth
    for channel in 0..<channels {
      let sums = try sum(
        convolution.weights, from: channel, step: channels, runs: taps, runLength: 1)
      try checkChannel(channel, sums)
    }
  }

  /// Sum and sum of magnitudes of `runs` runs of `runLength` weights, `step` apart.
  private func sum(
    _ weights: UnsafeBufferPointer<Int8>, from first: Int, step: Int, runs: Int, runLength: Int
  ) throws(ModelError) -> (sum: Int64, magnitudes: Int64) {
    let base = weights.baseAddress.unsafelyUnwrapped
    var sum: Int64 = 0
    var magnitudes: Int64 = 0
    var at = first
    for _ in 0..<runs {
      for lane in 0..<runLength {
        let weight = base[at &+ lane]
        if weight == Int8.min {
          try requireAt(
            offset(of: weights, at + lane), Int64(weight), -127, "a weight is at least")
        }
        sum &+= Int64(weight)
        magnitudes &+= Int64(weight.magnitude)
      }
      at &+= step
    }
    return (sum, magnitudes)
  }

  /// Checks what belongs to one packed output channel.
  private func checkChannel(
    _ channel: Int, _ sums: (sum: Int64, magnitudes: Int64)
  ) throws(ModelError) {
    let bias = Int64(convolution.bias[channel])
    let multiplier = convolution.multipliers[channel]
    let multiplierAt = offset(of: convolution.multipliers, channel)
    if channel >= outputChannels {
      try requireAt(
        offset(of: convolution.weights, 0), sums.magnitudes, 0,
        "weights of filling channels are zero; the magnitudes' sum is")
      try requireAt(
        offset(of: convolution.bias, channel), bias, 0, "the bias of a filling channel is zero")
      try requireAt(
        multiplierAt, Int64(multiplier.bitPattern), 0, "the multiplier of a filling channel is zero"
      )
    } else if !isFactor(multiplier) {
      throw ModelError(
        .weights, program, offset: Int64(multiplierAt), found: Int64(multiplier.bitPattern),
        "a multiplier is in 2^-64 ... 2^32")
    }
    try requireAt(
      offset(of: convolution.weightSums, channel), Int64(convolution.weightSums[channel]), sums.sum,
      "a channel's weight sum is")
    // docs/numerics.md: whatever the input, the accumulator cannot overflow.
    let most = Int64(Int32.max) - 255 * sums.magnitudes
    guard Int64(bias.magnitude) <= most else {
      throw ModelError(
        .weights, program, offset: Int64(offset(of: convolution.bias, channel)), found: bias,
        "a bias leaves room for 255 times the magnitudes of the weights; its own is at most",
        limit: most)
    }
  }
}

extension ck_panel_sums {
  /// Of one channel of the panel.
  fileprivate func of(_ channel: Int) -> (sum: Int64, magnitudes: Int64) {
    let bytes = channel * MemoryLayout<Int64>.stride
    return (
      withUnsafeBytes(of: sums) { $0.load(fromByteOffset: bytes, as: Int64.self) },
      withUnsafeBytes(of: magnitudes) { $0.load(fromByteOffset: bytes, as: Int64.self) }
    )
  }
}
