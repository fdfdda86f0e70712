import CKernels
import Testing

@Suite struct PoolingTests {
  private struct Case {
    var input: Image
    var output: Image
    var call: ck_pool

    init(_ random: inout Random) {
      func pick(_ values: [Int]) -> Int { values.randomElement(using: &random)! }
      let kernel = (pick([1, 2, 3, 4]), pick([1, 2, 3, 7]))
      let pad = (pick([0, 1]) % kernel.0, pick([0, 1, 2]) % kernel.1)
      let stride = (pick([1, 2, 3]), pick([1, 2]))
      let size = (max(pick([1, 3, 6]), kernel.0 - pad.0), max(pick([2, 5, 8]), kernel.1 - pad.1))
      input = Image(
        size.0, size.1, pick([1, 3, 5, 17, 33]), extraStride: pick([0, 8]), offset: pick([0, 4]))
      input.fill(Filling.allCases.randomElement(using: &random)!, &random)
      output = Image(
        (size.0 + 2 * pad.0 - kernel.0) / stride.0 + 1,
        (size.1 + 2 * pad.1 - kernel.1) / stride.1 + 1, input.channels,
        extraStride: pick([0, 4]), offset: pick([0, 4]))
      call = ck_pool(
        input: input.view, output: output.view,
        window: ck_window(
          kernel_height: Int32(kernel.0), kernel_width: Int32(kernel.1),
          stride_height: Int32(stride.0), stride_width: Int32(stride.1), pad_top: Int32(pad.0),
          pad_left: Int32(pad.1)),
        multiplier: .random(in: 0.2...3, using: &random),
        input_zero_point: .random(in: 0...255, using: &random),
        output_zero_point: .random(in: 0...255, using: &random),
        counts_padding: .random(using: &random))
    }

    func forEachElement(_ body: (_ y: Int, _ x: Int, _ c: Int, _ seen: [UInt8]) -> Void) {
      for y in 0..<output.height {
        for x in 0..<output.width {
          for c in 0..<output.channels {
            body(y, x, c, Naive.seen(call.window, input, y, x, c))
          }
        }
      }
    }
  }

  @Test func maximumIsTakenInsideTheImage() {
    var random = Random(seed: 4)
    for round in 0..<80 {
      for kernels in allKernels {
        var instance = Case(&random)
        kernels.table.u8_maxpool(&instance.call)
        instance.forEachElement { y, x, c, seen in
          #expect(instance.output[y, x, c] == seen.max(), "\(kernels.isa), round \(round)")
        }
        #expect(instance.output.isUntouchedAround)
      }
    }
  }

  @Test func averageFollowsTheDefinition() {
    var random = Random(seed: 5)
    for round in 0..<80 {
      for kernels in allKernels {
        var instance = Case(&random)
        let call = instance.call
        let whole = Int(call.window.kernel_height * call.window.kernel_width)
        kernels.table.u8_avgpool(&instance.call)
        instance.forEachElement { y, x, c, seen in
          let sum = seen.reduce(0) { $0 + Int64($1) - Int64(call.input_zero_point) }
          let divisor = Float(call.counts_padding ? whole : seen.count)
          // The quotient of two floats, rounded once: Double has more than twice the digits.
          let multiplier = Float(Double(call.multiplier) / Double(divisor))
          let expected = Naive.requantise(
            sum, multiplier, zeroPoint: call.output_zero_point, low: 0, high: 255)
          #expect(instance.output[y, x, c] == expected, "\(kernels.isa), round \(round)")
        }
        #expect(instance.output.isUntouchedAround)
      }
    }
  }

  @Test func globalAverageOfALargeImageIsExact() {
    let input = Image(40, 40, 3)
    for y in 0..<40 {
      for x in 0..<40 { for c in 0..<3 { input[y, x, c] = [255, 0, UInt8((y + x) % 2)][c] } }
    }
    let output = Image(1, 1, 3)
    var call = ck_pool(
      input: input.view, output: output.view,
      window: ck_window(
        kernel_height: 40, kernel_width: 40, stride_height: 1, stride_width: 1, pad_top: 0,
        pad_left: 0),
      multiplier: 1, input_zero_point: 0, output_zero_point: 0, counts_padding: false)
    for kernels in allKernels {
      kernels.table.u8_avgpool(&call)
      #expect((0..<3).map { output[0, 0, $0] } == [255, 0, 0], "\(kernels.isa)")
    }
  }

  /// Validation refuses such windows; the kernels still have an answer.
  @Test func aWindowOutsideTheImageGivesZeroOrTheZeroPoint() {
    let input = Image(1, 1, 1)
    input[0, 0, 0] = 200
    let output = Image(1, 2, 1)
    var call = ck_pool(
      input: input.view, output: output.view,
      window: ck_window(
        kernel_height: 1, kernel_width: 1, stride_height: 1, stride_width: 5, pad_top: 0,
        pad_left: 0),
      multiplier: 1, input_zero_point: 3, output_zero_point: 42, counts_padding: false)
    for kernels in allKernels {
      kernels.table.u8_maxpool(&call)
      #expect([output[0, 0, 0], output[0, 1, 0]] == [200, 0], "\(kernels.isa)")
      kernels.table.u8_avgpool(&call)
      #expect([output[0, 0, 0], output[0, 1, 0]] == [239, 42], "\(kernels.isa)")
    }
  }
}
