#include "arm.h"

#if defined(__aarch64__) || (defined(__arm__) && defined(__ARM_NEON))
#include "neon.h"

#pragma STDC FP_CONTRACT OFF

// A product of two tensors, sixteen values at a time. The output may be one of them: every value is
// read before it is written, and never again.

/// float((a - zero_a) * (b - zero_b)) * multiplier for eight values.
CK_INLINE void ck_multiply8(const ck_mul *op, uint8x8_t a, uint8x8_t b, float32x4_t product[2]) {
  const int16x8_t x = vreinterpretq_s16_u16(vsubl_u8(a, vdup_n_u8(op->zero_point_a)));
  const int16x8_t y = vreinterpretq_s16_u16(vsubl_u8(b, vdup_n_u8(op->zero_point_b)));
  const float32x4_t factor = vdupq_n_f32(op->multiplier);
  const int32x4_t low = vmull_s16(vget_low_s16(x), vget_low_s16(y));
  const int32x4_t high = vmull_s16(vget_high_s16(x), vget_high_s16(y));
  product[0] = vmulq_f32(vcvtq_f32_s32(low), factor);
  product[1] = vmulq_f32(vcvtq_f32_s32(high), factor);
}

CK_INLINE uint8x16_t ck_multiply16(const ck_mul *op, uint8x16_t a, uint8x16_t b) {
  float32x4_t product[4];
  ck_multiply8(op, vget_low_u8(a), vget_low_u8(b), product);
  ck_multiply8(op, vget_high_u8(a), vget_high_u8(b), product + 2);
  const ck_range range = {op->output_zero_point, op->low, op->high};
  return ck_quantise16(product, range);
}

/// `count` values that follow one another.
static void multiply_run(const ck_mul *op, const uint8_t *a, const uint8_t *b, uint8_t *out,
                         int32_t count) {
  const ck_mul call = *op;  // Bytes of the output can't be its fields.
  int32_t c = 0;
  for (; c + 16 <= count; c += 16) {
    vst1q_u8(out + c, ck_multiply16(&call, vld1q_u8(a + c), vld1q_u8(b + c)));
  }
  const int32_t rest = count - c;
  if (rest > 0) {
    const uint8x16_t last =
        ck_multiply16(&call, ck_load_channels(a + c, rest), ck_load_channels(b + c, rest));
    ck_store_bytes(out + c, last, rest);
  }
}

void ck_u8_mul_neon(const ck_mul *op) {
  const int32_t pixels = op->output.height * op->output.width;
  const size_t step_b = op->repeats ? 0 : (size_t)op->b.pixel_stride;
  for (int32_t p = 0; p < pixels; p++) {
    multiply_run(op, op->a.bytes + (size_t)p * op->a.pixel_stride, op->b.bytes + (size_t)p * step_b,
                 op->output.bytes + (size_t)p * op->output.pixel_stride, op->output.channels);
  }
}
#endif
