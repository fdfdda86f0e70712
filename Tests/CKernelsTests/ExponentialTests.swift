import CKernels
import Glibc
import Testing

@Suite struct ExponentialTests {
  /// The bound that ckernels.h promises, over a dense sweep of the range.
  @Test func relativeErrorStaysBelowTheBound() {
    var worst = 0.0
    var x: Float = 0
    while x >= -87 {
      let exact = exp(Double(x))
      worst = max(worst, abs(Double(ck_f32_exp_ref(x)) - exact) / exact)
      x -= 0.000_317
    }
    #expect(worst < 1.2e-7)
  }

  @Test func endsOfTheRange() {
    #expect(ck_f32_exp_ref(0) == 1)
    #expect(ck_f32_exp_ref(-0.0) == 1)
    #expect(ck_f32_exp_ref(-87).isNormal)
    #expect(ck_f32_exp_ref(Float(-87).nextDown) == 0)
    #expect(ck_f32_exp_ref(-.infinity) == 0)
    #expect(ck_f32_exp_ref(.nan) == 0)
    #expect(ck_f32_exp_ref(-.leastNonzeroMagnitude) == 1)
  }

  /// Bits worked out with NumPy's float32, step by step as the kernel's comment says.
  @Test func bitsAreFixed() {
    let bits = [-0.1, -0.5, -1, -2.5, -10, -33.3, -80].map {
      ck_f32_exp_ref($0).bitPattern
    }
    #expect(
      bits == [
        0x3F67_A36D, 0x3F1B_4598, 0x3EBC_5AB2, 0x3DA8_1C2E, 0x383E_6BCE, 0x2778_B2EA, 0x05BF_ECBA,
      ])
  }

  @Test func softmaxSumAgreesWithDouble() {
    var random = Random(seed: 9)
    for count in [1, 2, 20, 100, 1000] {
      let x = (0..<count).map { _ in Float.random(in: -30...30, using: &random) }
      let most = x[ck_f32_argmax_ref(x, count)]
      for scale: Float in [0.5, 1, 2.25] {
        let exact = x.reduce(0.0) { $0 + exp((Double($1) - Double(most)) * Double(scale)) }
        let sum = Double(ck_f32_softmax_sum_ref(x, count, scale, most))
        #expect(abs(sum - exact) / exact < 1e-5)
        #expect(sum >= 1)
      }
    }
  }

  @Test func theFirstOfEqualMaximaWins() {
    #expect(ck_f32_argmax_ref([1, 3, 3, 2], 4) == 1)
    #expect(ck_f32_argmax_ref([-5], 1) == 0)
    #expect(ck_f32_argmax_ref([0, -0.0], 2) == 0)
    #expect(ck_f32_argmax_ref([-2, -1, -3], 3) == 1)
  }
}
