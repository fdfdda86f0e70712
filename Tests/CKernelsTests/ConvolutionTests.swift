import CKernels
import Testing

@Suite struct ConvolutionTests {
  @Test func randomConvolutionsAgreeWithTheDefinition() {
    var random = Random(seed: 1)
    for round in 0..<150 {
      let instance = ConvolutionCase.random(&random, depthwise: false)
      for kernels in allKernels {
        let problem = instance.mismatch(instance.run(kernels.table))
        #expect(problem == nil, "\(kernels.isa), round \(round), \(instance)")
      }
    }
  }

  @Test func randomDepthwiseConvolutionsAgreeWithTheDefinition() {
    var random = Random(seed: 2)
    for round in 0..<150 {
      let instance = ConvolutionCase.random(&random, depthwise: true)
      for kernels in allKernels {
        let problem = instance.mismatch(instance.run(kernels.table))
        #expect(problem == nil, "\(kernels.isa), round \(round), \(instance)")
      }
    }
  }

  /// Enough channels and pixels for every tile, with weights whose pairs fit and without.
  @Test(arguments: [Int8(64), 127])
  func everyTileAndItsTailAgreeWithTheDefinition(most: Int8) {
    var random = Random(seed: 8)
    for (height, width) in [(1, 1), (1, 5), (2, 2), (3, 4), (3, 5)] {
      for outputs in [8, 24, 49, 77] {
        for kernel in [1, 3] {
          let input = Image(height, width, 20, extraStride: [0, 4].randomElement(using: &random)!)
          input.fill(.random, &random)
          let count = outputs * kernel * kernel * 20
          let instance = ConvolutionCase(
            input: input,
            window: ck_window(
              kernel_height: Int32(kernel), kernel_width: Int32(kernel), stride_height: 1,
              stride_width: 1, pad_top: Int32(kernel / 2), pad_left: Int32(kernel / 2)),
            outputHeight: height, outputWidth: width, outputChannels: outputs, isDepthwise: false,
            weights: (0..<count).map { _ in .random(in: -most...most, using: &random) },
            bias: (0..<outputs).map { _ in .random(in: -9999...9999, using: &random) },
            multipliers: (0..<outputs).map { _ in .random(in: 0.0001...0.001, using: &random) },
            pad: Bool.random(using: &random) ? (0, 0, 0, 0) : (9, 0, 255, 77), zeroPoint: 100,
            outputExtraStride: 4)
          for kernels in allKernels {
            let problem = instance.mismatch(instance.run(kernels.table))
            #expect(problem == nil, "\(kernels.isa), \(instance)")
          }
        }
      }
    }
  }

  /// Callers split an operation among threads: every row on its own, with negative padding above.
  @Test(arguments: [false, true]) func rowsOnTheirOwnMakeUpTheWhole(depthwise: Bool) {
    var random = Random(seed: 9)
    for round in 0..<60 {
      let instance = ConvolutionCase.random(&random, depthwise: depthwise)
      for kernels in allKernels {
        let problem = instance.mismatch(instance.runByRows(kernels.table))
        #expect(problem == nil, "\(kernels.isa), round \(round), \(instance)")
      }
    }
  }

  /// The largest pair sums that an instruction with saturating 16-bit intermediates would spoil,
  /// over a long row: 255 * 127 * 2 = 64770 does not fit 16 bits.
  @Test(arguments: [(UInt8(255), Int8(127)), (255, -127), (0, -127), (128, 127)])
  func extremesOfALongRowAreExact(stored: UInt8, weight: Int8) {
    let channels = 515
    let input = Image(1, 1, channels)
    for c in 0..<channels { input[0, 0, c] = stored }
    let instance = ConvolutionCase(
      input: input, window: onePixel, outputHeight: 1, outputWidth: 1, outputChannels: 3,
      isDepthwise: false, weights: Array(repeating: weight, count: 3 * channels),
      bias: [0, 1, -1], multipliers: [1, 0.5, -2], isFloat: true)
    for kernels in allKernels {
      let output = instance.run(kernels.table)
      #expect(instance.mismatch(output) == nil, "\(kernels.isa)")
      let exact = channels * Int(stored) * Int(weight)
      #expect(output.float(0, 0, 0) == Float(exact), "\(kernels.isa)")
    }
  }

  /// Sums at both ends of 32 bits, reached through the bias.
  @Test func sumsReachTheEndsOf32Bits() {
    let input = Image(1, 1, 4)
    for c in 0..<4 { input[0, 0, c] = 255 }
    let reach: Int32 = 4 * 255 * 127
    let instance = ConvolutionCase(
      input: input, window: onePixel, outputHeight: 1, outputWidth: 1, outputChannels: 2,
      isDepthwise: false,
      weights: Array(repeating: 127, count: 4) + Array(repeating: -127, count: 4),
      bias: [Int32.max - reach, -Int32.max + reach], multipliers: [1, 1], isFloat: true)
    #expect(instance.sum(0, 0, 0) == Int64(Int32.max))
    #expect(instance.sum(0, 0, 1) == -Int64(Int32.max))
    for kernels in allKernels {
      #expect(instance.mismatch(instance.run(kernels.table)) == nil, "\(kernels.isa)")
    }
  }

  /// A window that is all padding sees the pad values only.
  @Test func borderTapsSeeThePadValueOfTheirChannel() {
    let input = Image(1, 1, 5)
    for c in 0..<5 { input[0, 0, c] = 0 }
    // 3x3 around a single pixel; each output channel looks at one input channel of one tap.
    var weights = [Int8](repeating: 0, count: 5 * 9 * 5)
    for o in 0..<5 { weights[(o * 9 + o) * 5 + o] = 1 }
    let instance = ConvolutionCase(
      input: input,
      window: ck_window(
        kernel_height: 3, kernel_width: 3, stride_height: 1, stride_width: 1, pad_top: 1,
        pad_left: 1),
      outputHeight: 1, outputWidth: 1, outputChannels: 5, isDepthwise: false, weights: weights,
      bias: Array(repeating: 0, count: 5), multipliers: Array(repeating: 1, count: 5),
      pad: (11, 22, 33, 44))
    for kernels in allKernels {
      let output = instance.run(kernels.table)
      // Channel 4 looks at the middle tap, which is the pixel; 0 ... 3 at padding.
      #expect((0..<5).map { output[0, 0, $0] } == [11, 22, 33, 44, 0], "\(kernels.isa)")
    }
  }
}

let onePixel = ck_window(
  kernel_height: 1, kernel_width: 1, stride_height: 1, stride_width: 1, pad_top: 0, pad_left: 0)
