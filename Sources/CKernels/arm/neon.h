#pragma once
#include <arm_neon.h>
#include <string.h>
#include "ckernels.h"

#pragma STDC FP_CONTRACT OFF

// What the NEON kernels share, AArch64 and ARMv7: parts of a vector in memory, and the rounding
// rule of docs/numerics.md. Private to CKernels.

#define CK_INLINE static inline __attribute__((always_inline))

/// Four stored bytes in every lane. Groups of four are aligned to 4.
CK_INLINE uint8x16_t ck_load_group(const uint8_t *bytes) {
  return vreinterpretq_u8_u32(vld1q_dup_u32((const uint32_t *)(const void *)bytes));
}

/// The first `count` bytes of a pixel, 1 ... 16. No more than the next multiple of 4 is read: what
/// is behind may be the end of the memory.
CK_INLINE uint8x16_t ck_load_channels(const uint8_t *bytes, int32_t count) {
  if (count > 12) return vld1q_u8(bytes);
  const uint32_t *groups = (const uint32_t *)(const void *)bytes;
  uint32x4_t vector = vdupq_n_u32(0);
  vector = vld1q_lane_u32(groups, vector, 0);
  if (count > 4) vector = vld1q_lane_u32(groups + 1, vector, 1);
  if (count > 8) vector = vld1q_lane_u32(groups + 2, vector, 2);
  return vreinterpretq_u8_u32(vector);
}

/// Writes the first `count` bytes, 1 ... 16, and nothing behind them. `out` has any alignment.
CK_INLINE void ck_store_bytes(uint8_t *out, uint8x16_t bytes, int32_t count) {
  if (count == 16) {
    vst1q_u8(out, bytes);
    return;
  }
  if (count == 8) {
    vst1_u8(out, vget_low_u8(bytes));
    return;
  }
  uint8x8_t rest = vget_low_u8(bytes);
  if (count & 8) {
    vst1_u8(out, rest);
    out += 8;
    rest = vget_high_u8(bytes);
  }
  if (count & 4) {
    const uint32_t four = vget_lane_u32(vreinterpret_u32_u8(rest), 0);
    memcpy(out, &four, sizeof four);
    out += 4;
    rest = vext_u8(rest, rest, 4);
  }
  if (count & 2) {
    const uint16_t two = vget_lane_u16(vreinterpret_u16_u8(rest), 0);
    memcpy(out, &two, sizeof two);
    out += 2;
    rest = vext_u8(rest, rest, 2);
  }
  if (count & 1) *out = vget_lane_u8(rest, 0);
}

/// A quantisation: zero point and bounds of the output.
typedef struct ck_range {
  uint8_t zero_point, low, high;
} ck_range;

/// `zero_point + rne(value)` for eight channels, before the clamp to bytes. No value is a NaN.
CK_INLINE int16x8_t ck_round8(const float32x4_t value[2], ck_range range) {
  const int16x8_t zero = vdupq_n_s16(range.zero_point);
#if defined(__aarch64__)
  // The conversion rounds to nearest, ties to even, and saturates, as narrowing and addition do.
  const int16x4_t low = vqmovn_s32(vcvtnq_s32_f32(value[0]));
  return vqaddq_s16(vqmovn_high_s32(low, vcvtnq_s32_f32(value[1])), zero);
#else
  // ARMv7 converts by cutting off only. As in the reference the value is bounded, then 1.5 * 2^23
  // leaves no bits for a fraction; what stands in the low half of the sum's bits is the integer.
  const float32x4_t least = vdupq_n_f32((float)(range.low - range.zero_point));
  const float32x4_t most = vdupq_n_f32((float)(range.high - range.zero_point));
  const float32x4_t magic = vdupq_n_f32(12582912.0f);
  const float32x4_t a = vaddq_f32(vminq_f32(vmaxq_f32(value[0], least), most), magic);
  const float32x4_t b = vaddq_f32(vminq_f32(vmaxq_f32(value[1], least), most), magic);
  const int16x4_t low = vmovn_s32(vreinterpretq_s32_f32(a));
  const int16x4_t high = vmovn_s32(vreinterpretq_s32_f32(b));
  return vaddq_s16(vcombine_s16(low, high), zero);
#endif
}

/// `zero_point + rne(value)` clamped to low ... high, for eight and sixteen channels.
CK_INLINE uint8x8_t ck_quantise8(const float32x4_t value[2], ck_range range) {
  const uint8x8_t bytes = vqmovun_s16(ck_round8(value, range));
#if defined(__aarch64__)
  return vmin_u8(vmax_u8(bytes, vdup_n_u8(range.low)), vdup_n_u8(range.high));
#else
  return bytes;
#endif
}

CK_INLINE uint8x16_t ck_quantise16(const float32x4_t value[4], ck_range range) {
#if defined(__aarch64__)
  const int16x8_t low = ck_round8(value, range), high = ck_round8(value + 2, range);
  const uint8x16_t bytes = vqmovun_high_s16(vqmovun_s16(low), high);
  return vminq_u8(vmaxq_u8(bytes, vdupq_n_u8(range.low)), vdupq_n_u8(range.high));
#else
  return vcombine_u8(ck_quantise8(value, range), ck_quantise8(value + 2, range));
#endif
}
