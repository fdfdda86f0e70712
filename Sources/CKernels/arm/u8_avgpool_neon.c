#include "arm.h"

#if defined(__aarch64__) || (defined(__arm__) && defined(__ARM_NEON))
#include "neon.h"
#include "common/window.h"

#pragma STDC FP_CONTRACT OFF

// Average pooling, sixteen channels at a time: sums of up to 256 values of a row in 16 bits
// (256 * 255 < 2^16), those in 32.

enum { CK_RUN = 256 };

CK_INLINE void ck_sum_window(const ck_pool *op, const ck_extent *e, int32_t first, int32_t count,
                             const bool is_whole, uint32x4_t sums[4]) {
  for (int32_t q = 0; q < 4; q++) sums[q] = vdupq_n_u32(0);
  for (int32_t y = e->y_begin; y < e->y_end; y++) {
    for (int32_t begin = e->x_begin; begin < e->x_end; begin += CK_RUN) {
      const int32_t end = e->x_end - begin < CK_RUN ? e->x_end : begin + CK_RUN;
      const uint8_t *x = ck_view_pixel(&op->input, y, begin) + first;
      uint16x8_t low = vdupq_n_u16(0), high = vdupq_n_u16(0);
      for (int32_t i = begin; i < end; i++, x += op->input.pixel_stride) {
        const uint8x16_t stored = is_whole ? vld1q_u8(x) : ck_load_channels(x, count);
        low = vaddw_u8(low, vget_low_u8(stored));
        high = vaddw_u8(high, vget_high_u8(stored));
      }
      sums[0] = vaddw_u16(sums[0], vget_low_u16(low));
      sums[1] = vaddw_u16(sums[1], vget_high_u16(low));
      sums[2] = vaddw_u16(sums[2], vget_low_u16(high));
      sums[3] = vaddw_u16(sums[3], vget_high_u16(high));
    }
  }
}

CK_INLINE uint8x16_t ck_average(const ck_pool *op, const ck_extent *e, int32_t first, int32_t count,
                                const bool is_whole, int32_t offset, float multiplier) {
  uint32x4_t sums[4];
  ck_sum_window(op, e, first, count, is_whole, sums);
  const int32x4_t zero = vdupq_n_s32(offset);
  float32x4_t value[4];
  for (int32_t q = 0; q < 4; q++) {
    const int32x4_t sum = vsubq_s32(vreinterpretq_s32_u32(sums[q]), zero);
    value[q] = vmulq_f32(vcvtq_f32_s32(sum), vdupq_n_f32(multiplier));
  }
  const ck_range range = {op->output_zero_point, 0, 255};
  return ck_quantise16(value, range);
}

void ck_u8_avgpool_neon(const ck_pool *op) {
  const int32_t channels = op->output.channels;
  const int32_t whole = op->window.kernel_height * op->window.kernel_width;
  for (int32_t oy = 0; oy < op->output.height; oy++) {
    for (int32_t ox = 0; ox < op->output.width; ox++) {
      const ck_extent e = ck_window_extent(&op->window, &op->input, oy, ox);
      uint8_t *out = ck_view_pixel(&op->output, oy, ox);
      const int32_t rows = e.y_end > e.y_begin ? e.y_end - e.y_begin : 0;
      const int32_t columns = e.x_end > e.x_begin ? e.x_end - e.x_begin : 0;
      const int32_t seen = rows * columns;
      const int32_t divisor = op->counts_padding || seen == 0 ? whole : seen;
      const float multiplier = op->multiplier / (float)divisor;
      const int32_t offset = seen * (int32_t)op->input_zero_point;
      int32_t c = 0;
      for (; c + 16 <= channels; c += 16) {
        vst1q_u8(out + c, ck_average(op, &e, c, 16, true, offset, multiplier));
      }
      const int32_t rest = channels - c;
      if (rest > 0) {
        ck_store_bytes(out + c, ck_average(op, &e, c, rest, false, offset, multiplier), rest);
      }
    }
  }
}
#endif
