import CKernels
import Testing

@Suite struct ElementwiseTests {
  @Test func sumsFollowTheDefinition() {
    var random = Random(seed: 6)
    for round in 0..<100 {
      let channels = [1, 3, 5, 17, 33].randomElement(using: &random)!
      let a = Image(3, 4, channels, extraStride: 4)
      let b = Image(3, 4, channels, offset: 8)
      a.fill(Filling.allCases.randomElement(using: &random)!, &random)
      b.fill(Filling.allCases.randomElement(using: &random)!, &random)
      let low = UInt8.random(in: 0...100, using: &random)
      let high = UInt8.random(in: 101...255, using: &random)
      for kernels in allKernels {
        let output = Image(3, 4, channels, extraStride: 12, offset: 4)
        var call = ck_add(
          a: a.view, b: b.view, output: output.view,
          // Halves and quarters give ties, the others don't.
          multiplier_a: [0.5, 0.25, 1, .random(in: 0.01...2, using: &random)].randomElement(
            using: &random)!,
          multiplier_b: [0.5, 0.75, 1e-8, .random(in: 0.01...2, using: &random)].randomElement(
            using: &random)!,
          zero_point_a: .random(in: 0...255, using: &random),
          zero_point_b: .random(in: 0...255, using: &random),
          output_zero_point: .random(in: 0...255, using: &random), low: low, high: high)
        kernels.table.u8_add(&call)
        for y in 0..<3 {
          for x in 0..<4 {
            for c in 0..<channels {
              let fa = Naive.product(
                Float(Int(a[y, x, c]) - Int(call.zero_point_a)), call.multiplier_a)
              let fb = Naive.product(
                Float(Int(b[y, x, c]) - Int(call.zero_point_b)), call.multiplier_b)
              let expected = Naive.quantise(
                fa + fb, zeroPoint: call.output_zero_point, low: low, high: high)
              #expect(output[y, x, c] == expected, "\(kernels.isa), round \(round)")
            }
          }
        }
        #expect(output.isUntouchedAround)
      }
    }
  }

  /// Of tensors of one shape, and with one pixel that meets all.
  @Test(arguments: [false, true]) func productsFollowTheDefinition(repeats: Bool) {
    var random = Random(seed: 8)
    for round in 0..<100 {
      let channels = [1, 3, 5, 17, 33, 64].randomElement(using: &random)!
      let a = Image(3, 4, channels, extraStride: 4)
      let b = repeats ? Image(1, 1, channels, offset: 8) : Image(3, 4, channels, offset: 8)
      a.fill(Filling.allCases.randomElement(using: &random)!, &random)
      b.fill(Filling.allCases.randomElement(using: &random)!, &random)
      let multiplier: Float = [
        1, 1.0 / 64, 1.0 / 256, 1e-6, .random(in: 0.001...0.02, using: &random),
      ]
      .randomElement(using: &random)!
      let zeros = (0..<3).map { _ in UInt8.random(in: 0...255, using: &random) }
      let low = UInt8.random(in: 0...100, using: &random)
      let high = UInt8.random(in: 101...255, using: &random)
      for kernels in allKernels {
        let output = Image(3, 4, channels, extraStride: 12, offset: 4)
        var call = ck_mul(
          a: a.view, b: b.view, output: output.view, repeats: repeats, multiplier: multiplier,
          zero_point_a: zeros[0], zero_point_b: zeros[1], output_zero_point: zeros[2], low: low,
          high: high)
        kernels.table.u8_mul(&call)
        for y in 0..<3 {
          for x in 0..<4 {
            for c in 0..<channels {
              let factor = repeats ? b[0, 0, c] : b[y, x, c]
              let product = (Int(a[y, x, c]) - Int(zeros[0])) * (Int(factor) - Int(zeros[1]))
              let expected = Naive.quantise(
                Naive.product(Float(product), multiplier), zeroPoint: zeros[2], low: low, high: high
              )
              #expect(output[y, x, c] == expected, "\(kernels.isa), round \(round)")
            }
          }
        }
        #expect(output.isUntouchedAround)
      }
    }
  }

  /// Cases in which a fused multiply-add would give another byte.
  @Test func productsAreRoundedBeforeTheyAreAdded() {
    var random = Random(seed: 7)
    var differing = 0
    for _ in 0..<20_000 where differing < 20 {
      let ma = Float.random(in: 0.001...1, using: &random)
      let qa = UInt8.random(in: 1...127, using: &random)
      let qb = UInt8.random(in: 1...127, using: &random)
      // The sum stands at a tie or next to it.
      let tie = (Float(qa) * ma).rounded(.up) + 0.5
      let mb = (tie - Float(qa) * ma) / Float(qb)
      let fused = (Float(qb) * mb).addingProduct(Float(qa), ma)
      let apart = Naive.product(Float(qa), ma) + Naive.product(Float(qb), mb)
      guard fused.rounded(.toNearestOrEven) != apart.rounded(.toNearestOrEven), apart < 255 else {
        continue
      }
      differing += 1
      let expected = UInt8(apart.rounded(.toNearestOrEven))
      for kernels in allKernels { #expect(sum(kernels.table, qa, ma, qb, mb) == expected) }
    }
    #expect(differing > 0)
  }

  private func sum(_ kernels: ck_kernels, _ a: UInt8, _ ma: Float, _ b: UInt8, _ mb: Float) -> UInt8
  {
    let (left, right, output) = (Image(1, 1, 1), Image(1, 1, 1), Image(1, 1, 1))
    left[0, 0, 0] = a
    right[0, 0, 0] = b
    var call = ck_add(
      a: left.view, b: right.view, output: output.view, multiplier_a: ma, multiplier_b: mb,
      zero_point_a: 0, zero_point_b: 0, output_zero_point: 0, low: 0, high: 255)
    kernels.u8_add(&call)
    return output[0, 0, 0]
  }

  @Test func theOutputMayBeASummand() {
    let a = Image(2, 2, 5), b = Image(2, 2, 5)
    for y in 0..<2 { for x in 0..<2 { for c in 0..<5 { a[y, x, c] = UInt8(c); b[y, x, c] = 10 } } }
    for kernels in allKernels {
      let before = a[1, 1, 4]
      var call = ck_add(
        a: a.view, b: b.view, output: a.view, multiplier_a: 1, multiplier_b: 1, zero_point_a: 0,
        zero_point_b: 0, output_zero_point: 0, low: 0, high: 255)
      kernels.table.u8_add(&call)
      #expect(a[1, 1, 4] == before + 10, "\(kernels.isa)")
    }
  }

  /// Concatenation: channels land at any byte of a wider pixel, the neighbours stay.
  @Test(arguments: [1, 3, 5, 16, 17, 33], [0, 1, 7])
  func copyMovesChannelsOnly(channels: Int, offset: Int) {
    var random = Random(seed: 8)
    let input = Image(3, 5, channels, extraStride: 4, offset: 4)
    input.fill(.random, &random)
    for kernels in allKernels {
      let output = Image(3, 5, channels, extraStride: 16, offset: offset)
      var call = ck_map(input: input.view, output: output.view, table: nil)
      kernels.table.u8_map(&call)
      for y in 0..<3 {
        for x in 0..<5 {
          for c in 0..<channels { #expect(output[y, x, c] == input[y, x, c], "\(kernels.isa)") }
        }
      }
      #expect(output.isUntouchedAround)
    }
  }

  @Test func lookupMapsEveryByte() {
    let input = Image(16, 16, 1)
    for value in 0..<256 { input[value / 16, value % 16, 0] = UInt8(value) }
    let table = Guarded<UInt8>(
      (0..<256).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }, filling: 0)
    for kernels in allKernels {
      let output = Image(16, 16, 1)
      var call = ck_map(
        input: input.view, output: output.view, table: table.elements.baseAddress)
      kernels.table.u8_map(&call)
      for value in 0..<256 {
        #expect(output[value / 16, value % 16, 0] == table.elements[value], "\(kernels.isa)")
      }
    }
  }
}
