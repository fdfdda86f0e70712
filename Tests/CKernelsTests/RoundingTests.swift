import CKernels
import Testing

/// The rounding rule on its own: with zero weights a convolution's sums are its biases.
@Suite struct RoundingTests {
  private func check(
    _ sums: [Int32], _ multipliers: [Float], zeroPoint: UInt8, low: UInt8 = 0, high: UInt8 = 255,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> [UInt8] {
    let input = Image(1, 1, 1)
    input[0, 0, 0] = 7
    let instance = ConvolutionCase(
      input: input, window: onePixel, outputHeight: 1, outputWidth: 1, outputChannels: sums.count,
      isDepthwise: false, weights: Array(repeating: 0, count: sums.count), bias: sums,
      multipliers: multipliers, zeroPoint: zeroPoint, low: low, high: high)
    var first: [UInt8]?
    for kernels in allKernels {
      let output = instance.run(kernels.table)
      #expect(instance.mismatch(output) == nil, "\(kernels.isa)", sourceLocation: sourceLocation)
      let bytes = (0..<sums.count).map { output[0, 0, $0] }
      #expect(first == nil || bytes == first, "\(kernels.isa)", sourceLocation: sourceLocation)
      first = bytes
    }
    return first!
  }

  @Test func tiesGoToTheEvenNumberBelowAndAboveZero() {
    let sums: [Int32] = [1, 3, 5, 7, -1, -3, -5, -7, 0, 255, 509]
    let bytes = check(sums, Array(repeating: 0.5, count: sums.count), zeroPoint: 100)
    #expect(bytes == [100, 102, 102, 104, 100, 98, 98, 96, 100, 228, 255])
  }

  /// The zero point is added after rounding: an odd one must not turn ties round.
  @Test func tiesDoNotDependOnTheZeroPoint() {
    #expect(check([1, 3, -1, -3], [0.5, 0.5, 0.5, 0.5], zeroPoint: 101) == [101, 103, 101, 99])
  }

  @Test func boundsClampAfterRounding() {
    let bytes = check(
      [-1000, 49, 50, 51, 1000, 151, 150], Array(repeating: 1, count: 7), zeroPoint: 0, low: 50,
      high: 150)
    #expect(bytes == [50, 50, 50, 51, 150, 150, 150])
  }

  @Test func hugeAndTinyProductsStayDefined() {
    let bytes = check(
      [.max, -.max, .max, -.max, .max, 1, 0, .max],
      [1, 1, 1e30, 1e30, 1e-45, 1e-45, 1e38, -.greatestFiniteMagnitude], zeroPoint: 9)
    #expect(bytes == [255, 0, 255, 0, 9, 9, 9, 0])
  }

  /// Sums above 2^24 are rounded to float32 first, ties to even.
  @Test func largeSumsAreConvertedToTheNearestFloat() {
    let sums: [Int32] = [
      16_777_217, 16_777_219, 33_554_434, 33_554_438, -16_777_217, 2_147_483_583,
    ]
    let scale = Float(1) / 131_072  // 2^-17: the quotient's fraction is exact
    _ = check(sums, Array(repeating: scale, count: sums.count), zeroPoint: 0)
    _ = check(sums, Array(repeating: scale / 128, count: sums.count), zeroPoint: 128)
  }

  @Test func randomSumsAndMultipliersAgree() {
    var random = Random(seed: 3)
    for _ in 0..<60 {
      let sums = (0..<97).map { _ in
        Int32.random(in: -Int32.max...Int32.max, using: &random)
          >> Int32.random(
            in: 0...24, using: &random)
      }
      // Around the multiplier that maps the sum to a multiple of one half.
      let multipliers = sums.map { sum -> Float in
        let target = Float(Int.random(in: -300...300, using: &random)) / 2
        let exact = sum == 0 ? 1 : target / Float(sum)
        return [exact, exact.nextUp, exact.nextDown].randomElement(using: &random)!
      }
      _ = check(sums, multipliers, zeroPoint: .random(in: 0...255, using: &random))
    }
  }
}
