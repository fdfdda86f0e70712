import CKernels
import Testing

@Suite struct ScoresTests {
  @Test func addsEveryProductRounded() {
    // (1 + 2^-12)^2 is 1 + 2^-11 + 2^-24, whose last part is lost where the product is rounded and
    // comes back as the whole result of a fused operation.
    let factor: Float = 1 + 0x1p-12
    let scores: [Float] = [3, factor, -2]
    var logits: [Float] = [-1 - 0x1p-11, 0.5]
    ck_f32_add_scaled_ref(&logits, scores, [1, 0], 2, factor)
    #expect(logits == [0, 0.5 + 3 * factor])
    var all: [Float] = [1, 2, 3]
    ck_f32_add_scaled_ref(&all, scores, nil, 3, 0.5)
    #expect(all == [2.5, 2 + factor / 2, 2])
  }

  @Test func sumsOverMembersInTheirOrder() {
    let scores: [Float] = [0.25, -1, 2, -90, 1.5]
    func weight(_ index: Int) -> Float { ck_f32_exp_ref((scores[index] - 2) * 1.5) }
    let sum = ck_f32_member_sum_ref(scores, [4, 0, 3], 3, 1.5, 2)
    #expect(sum == (weight(4) + weight(0)) + weight(3))
    #expect(ck_f32_member_sum_ref(scores, [2], 1, 1.5, 2) == 1)
    #expect(ck_f32_member_sum_ref(scores, [2], 0, 1.5, 2) == 0)
    // Over all classes in order it is the softmax's denominator.
    #expect(
      ck_f32_member_sum_ref(scores, [0, 1, 2, 3, 4], 5, 1.5, 2)
        == ck_f32_softmax_sum_ref(scores, 5, 1.5, 2))
  }
}
