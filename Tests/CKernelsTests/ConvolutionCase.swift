import CKernels

/// One convolution with unpacked weights, and its answer worked out by `Naive`.
struct ConvolutionCase: CustomStringConvertible {
  var input: Image
  var window: ck_window
  var outputHeight: Int
  var outputWidth: Int
  var outputChannels: Int
  var isDepthwise: Bool
  /// [output channel][ky][kx][input channel]; no last index when depthwise.
  var weights: [Int8]
  var bias: [Int32]
  var multipliers: [Float]
  var pad: (UInt8, UInt8, UInt8, UInt8) = (128, 128, 128, 128)
  var zeroPoint: UInt8 = 0
  var low: UInt8 = 0
  var high: UInt8 = 255
  var isFloat = false
  var outputExtraStride = 0
  var outputOffset = 0

  var description: String {
    "\(isDepthwise ? "depthwise" : "convolution") \(input.height)x\(input.width)x"
      + "\(input.channels) (stride \(input.pixelStride)) -> \(outputHeight)x\(outputWidth)x"
      + "\(outputChannels), window \(window.kernel_height)x\(window.kernel_width) stride "
      + "\(window.stride_height),\(window.stride_width) pad \(window.pad_top),\(window.pad_left)"
  }

  private var kernelHeight: Int { Int(window.kernel_height) }
  private var kernelWidth: Int { Int(window.kernel_width) }

  func weight(_ o: Int, _ ky: Int, _ kx: Int, _ i: Int) -> Int8 {
    let tap = (o * kernelHeight + ky) * kernelWidth + kx
    return isDepthwise ? weights[tap] : weights[tap * input.channels + i]
  }

  func sum(_ oy: Int, _ ox: Int, _ o: Int) -> Int64 {
    let padding = [pad.0, pad.1, pad.2, pad.3]
    var total = Int64(bias[o])
    Naive.taps(window, input, oy, ox) { ky, kx, at in
      for i in isDepthwise ? o..<(o + 1) : 0..<input.channels {
        let stored = at.map { input[$0.y, $0.x, i] } ?? padding[i % 4]
        total += Int64(weight(o, ky, kx, i)) * Int64(stored)
      }
    }
    return total
  }

  /// [panel][ky, kx, input channel / 4][channel in panel][4]; panels of 16, or 8 for a last one of
  /// at most 8.
  func packed() -> [Int8] {
    if isDepthwise { return packedDepthwise() }
    var bytes: [Int8] = []
    var first = 0
    while first < outputChannels {
      let width = outputChannels - first <= 8 ? 8 : 16
      for ky in 0..<kernelHeight {
        for kx in 0..<kernelWidth {
          for group in stride(from: 0, to: input.channels, by: 4) {
            for o in first..<first + width {
              for i in group..<group + 4 {
                let exists = o < outputChannels && i < input.channels
                bytes.append(exists ? weight(o, ky, kx, i) : 0)
              }
            }
          }
        }
      }
      first += width
    }
    return bytes
  }

  private func packedDepthwise() -> [Int8] {
    let row = (outputChannels + 15) / 16 * 16
    var bytes: [Int8] = []
    for ky in 0..<kernelHeight {
      for kx in 0..<kernelWidth {
        bytes += (0..<row).map { $0 < outputChannels ? weight($0, ky, kx, 0) : 0 }
      }
    }
    return bytes
  }

  var weightSums: [Int32] {
    let taps = weights.count / outputChannels
    return (0..<outputChannels).map { o in
      weights[o * taps..<(o + 1) * taps].reduce(0) { $0 + Int32($1) }
    }
  }

  /// Whether the weights keep the bound that `ck_conv.pairs_fit` promises.
  var pairsFit: Bool {
    guard !isDepthwise else { return false }
    let bytes = packed()
    return stride(from: 0, to: bytes.count, by: 2).allSatisfy { at in
      let pair = [Int(bytes[at]), Int(bytes[at + 1])]
      return pair.reduce(0) { $0 + max($1, 0) } <= 128
        && pair.reduce(0) { $0 + min($1, 0) } >= -128
    }
  }

  /// The output that `kernels` computes.
  func run(_ kernels: ck_kernels) -> Image {
    run { isDepthwise ? kernels.u8i8_depthwise(&$0) : kernels.u8i8_conv(&$0) }
  }

  /// The same in one call for each output row.
  func runByRows(_ kernels: ck_kernels) -> Image {
    run { whole in
      for y in 0..<whole.output.height {
        var row = whole
        row.output.height = 1
        row.output.bytes += Int(y * whole.output.width * whole.output.pixel_stride)
        row.window.pad_top -= y * whole.window.stride_height
        isDepthwise ? kernels.u8i8_depthwise(&row) : kernels.u8i8_conv(&row)
      }
    }
  }

  private func run(_ compute: (inout ck_conv) -> Void) -> Image {
    let output = Image(
      outputHeight, outputWidth, outputChannels, extraStride: outputExtraStride,
      offset: outputOffset, elementBytes: isFloat ? 4 : 1)
    let packedWeights = Guarded(packed(), filling: 0)
    let guardedBias = Guarded(bias, filling: 0)
    let guardedMultipliers = Guarded(multipliers, filling: 0)
    let guardedSums = Guarded(weightSums, filling: 0)
    var call = ck_conv(
      input: input.view, output: output.view, window: window,
      weights: packedWeights.elements.baseAddress, bias: guardedBias.elements.baseAddress,
      weight_sums: guardedSums.elements.baseAddress,
      multiplier: guardedMultipliers.elements.baseAddress, pad: pad, zero_point: zeroPoint,
      low: low, high: high, float_output: isFloat, pairs_fit: pairsFit)
    withExtendedLifetime(
      (packedWeights, guardedBias, guardedSums, guardedMultipliers, input.storage)
    ) {
      compute(&call)
    }
    return output
  }

  /// What is wrong with `output`, nil when nothing is.
  func mismatch(_ output: Image) -> String? {
    for y in 0..<outputHeight {
      for x in 0..<outputWidth {
        for o in 0..<outputChannels {
          let total = sum(y, x, o)
          if isFloat {
            let expected = Naive.product(Float(Int32(total)), multipliers[o])
            let found = output.float(y, x, o)
            if found.bitPattern != expected.bitPattern {
              return "(\(y), \(x), \(o)): \(found) instead of \(expected)"
            }
          } else {
            let expected = Naive.requantise(
              total, multipliers[o], zeroPoint: zeroPoint, low: low, high: high)
            let found = output[y, x, o]
            if found != expected { return "(\(y), \(x), \(o)): \(found) instead of \(expected)" }
          }
        }
      }
    }
    return output.isUntouchedAround ? nil : "bytes outside the channels were written"
  }
}

extension ConvolutionCase {
  /// A random case: odd shapes, strides, pads, views, all kinds of filling.
  static func random(_ random: inout Random, depthwise: Bool) -> ConvolutionCase {
    func pick(_ values: [Int]) -> Int { values.randomElement(using: &random)! }
    let kernel = (pick([1, 1, 2, 3, 3, 5]), pick([1, 1, 2, 3, 3, 4]))
    let stride = (pick([1, 1, 2, 3]), pick([1, 1, 2, 3]))
    let pad = (pick([0, 1, 2]) % kernel.0, pick([0, 1, 2]) % kernel.1)
    let size = (
      max(pick([1, 2, 3, 5, 6]), kernel.0 - pad.0), max(pick([1, 2, 4, 7, 9]), kernel.1 - pad.1)
    )
    let channels = pick([1, 3, 4, 5, 8, 16, 17, 33])
    let outputs = depthwise ? channels : pick([1, 3, 5, 8, 9, 16, 17, 24, 33])
    let input = Image(
      size.0, size.1, channels, extraStride: pick([0, 0, 4, 12]), offset: pick([0, 4, 8]))
    input.fill(Filling.allCases.randomElement(using: &random)!, &random)
    let weightFilling = Filling.allCases.randomElement(using: &random)!
    let taps = kernel.0 * kernel.1 * (depthwise ? 1 : channels)
    // Sums of this size then fill the byte's range.
    let scale = 4 / Float(taps * 127)
    return ConvolutionCase(
      input: input,
      window: ck_window(
        kernel_height: Int32(kernel.0), kernel_width: Int32(kernel.1),
        stride_height: Int32(stride.0), stride_width: Int32(stride.1), pad_top: Int32(pad.0),
        pad_left: Int32(pad.1)),
      // With padding at the bottom and right as at the top and left.
      outputHeight: (size.0 + 2 * pad.0 - kernel.0) / stride.0 + 1,
      outputWidth: (size.1 + 2 * pad.1 - kernel.1) / stride.1 + 1,
      outputChannels: outputs, isDepthwise: depthwise,
      weights: (0..<outputs * taps).map { weightFilling.weight($0, &random) },
      bias: (0..<outputs).map { _ in .random(in: -100_000...100_000, using: &random) },
      multipliers: (0..<outputs).map { _ in .random(in: scale / 4...scale, using: &random) },
      pad: (
        .random(in: 0...255, using: &random), .random(in: 0...255, using: &random),
        .random(in: 0...255, using: &random), .random(in: 0...255, using: &random)
      ),
      zeroPoint: .random(in: 0...255, using: &random), low: UInt8(pick([0, 0, 10, 128])),
      high: UInt8(pick([255, 255, 200, 128])), isFloat: pick([0, 0, 0, 1]) == 1,
      outputExtraStride: pick([0, 0, 4, 20]), outputOffset: pick([0, 4, 12]))
  }
}
