#include "arm.h"

#if defined(__aarch64__) || (defined(__arm__) && defined(__ARM_NEON))
#include "neon.h"
#include "common/window.h"

#pragma STDC FP_CONTRACT OFF

// A sum of two tensors, sixteen values at a time. The output may be one of them: every value is
// read before it is written, and never again.

/// float(x - zero_point) * multiplier for sixteen values.
CK_INLINE void ck_scale(float32x4_t product[4], uint8x16_t x, uint8_t zero_point,
                        float multiplier) {
  const uint8x8_t zero = vdup_n_u8(zero_point);
  const float32x4_t factor = vdupq_n_f32(multiplier);
  const int16x8_t low = vreinterpretq_s16_u16(vsubl_u8(vget_low_u8(x), zero));
  const int16x8_t high = vreinterpretq_s16_u16(vsubl_u8(vget_high_u8(x), zero));
  product[0] = vmulq_f32(vcvtq_f32_s32(vmovl_s16(vget_low_s16(low))), factor);
  product[1] = vmulq_f32(vcvtq_f32_s32(vmovl_s16(vget_high_s16(low))), factor);
  product[2] = vmulq_f32(vcvtq_f32_s32(vmovl_s16(vget_low_s16(high))), factor);
  product[3] = vmulq_f32(vcvtq_f32_s32(vmovl_s16(vget_high_s16(high))), factor);
}

CK_INLINE uint8x16_t ck_add16(const ck_add *op, uint8x16_t a, uint8x16_t b) {
  float32x4_t sum[4], other[4];
  ck_scale(sum, a, op->zero_point_a, op->multiplier_a);
  ck_scale(other, b, op->zero_point_b, op->multiplier_b);
  for (int32_t q = 0; q < 4; q++) sum[q] = vaddq_f32(sum[q], other[q]);
  const ck_range range = {op->output_zero_point, op->low, op->high};
  return ck_quantise16(sum, range);
}

/// `count` values that follow one another.
static void add_run(const ck_add *op, const uint8_t *a, const uint8_t *b, uint8_t *out,
                    size_t count) {
  const ck_add call = *op;  // Bytes of the output can't be its fields.
  size_t c = 0;
  for (; c + 16 <= count; c += 16) {
    vst1q_u8(out + c, ck_add16(&call, vld1q_u8(a + c), vld1q_u8(b + c)));
  }
  if (c < count) {
    const int32_t rest = (int32_t)(count - c);
    const uint8x16_t sum =
        ck_add16(&call, ck_load_channels(a + c, rest), ck_load_channels(b + c, rest));
    ck_store_bytes(out + c, sum, rest);
  }
}

void ck_u8_add_neon(const ck_add *op) {
  const int32_t channels = op->output.channels;
  const int32_t pixels = op->output.height * op->output.width;
  if (op->a.pixel_stride == channels && op->b.pixel_stride == channels &&
      op->output.pixel_stride == channels) {
    add_run(op, op->a.bytes, op->b.bytes, op->output.bytes, (size_t)pixels * channels);
    return;
  }
  for (int32_t p = 0; p < pixels; p++) {
    add_run(op, op->a.bytes + (size_t)p * op->a.pixel_stride,
            op->b.bytes + (size_t)p * op->b.pixel_stride,
            op->output.bytes + (size_t)p * op->output.pixel_stride, channels);
  }
}
#endif
