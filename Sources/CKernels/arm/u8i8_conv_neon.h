#pragma once
#include "conv_pixels_neon.h"
#if defined(__aarch64__)
#include "conv_loop_2x16_neon.h"
#endif

// Accumulators of a convolution without dot products, for AArch64 and ARMv7; u8i8_conv_*_neon.c
// choose the tile. Private to CKernels.
//
// `smull` and `smlal` multiply two groups of four inputs by two channels' weights and add them in
// 16 bits: |sum| <= 2 * 128 * 127 = 32512, since no weight is -128. `sadalp` adds neighbours to
// 32-bit accumulators, two of which make a channel's sum: sixteen products for three instructions.

enum { CK_SIGNED = 1 };

typedef struct ck_sums {
  int32x4_t v[CK_TILE_PIXELS][2 * CK_REST_QUADS];
} ck_sums;

CK_INLINE void ck_begin(ck_sums *sums, const int32_t *start, const int32_t pixels,
                        const int32_t quads) {
  (void)start;
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p++) {
#pragma clang loop unroll(full)
    for (int32_t c = 0; c < 2 * quads; c++) sums->v[p][c] = vdupq_n_s32(0);
  }
}

// Four inputs for each of the channels in one register of weights.
#if defined(__aarch64__)
typedef int8x16_t ck_four;
CK_INLINE ck_four ck_four_of(uint8x8_t stored, const int32_t lane) {
  const int32x2_t groups = vreinterpret_s32_u8(stored);
  return vreinterpretq_s8_s32(lane == 0 ? vdupq_lane_s32(groups, 0) : vdupq_lane_s32(groups, 1));
}
CK_INLINE int8x8_t ck_four_low(ck_four four) {
  return vget_low_s8(four);
}
CK_INLINE int8x8_t ck_four_high(ck_four four) {
  return vget_high_s8(four);
}
#else
typedef int8x8_t ck_four;
CK_INLINE ck_four ck_four_of(uint8x8_t stored, const int32_t lane) {
  const int32x2_t groups = vreinterpret_s32_u8(stored);
  return vreinterpret_s8_s32(lane == 0 ? vdup_lane_s32(groups, 0) : vdup_lane_s32(groups, 1));
}
CK_INLINE int8x8_t ck_four_low(ck_four four) {
  return four;
}
CK_INLINE int8x8_t ck_four_high(ck_four four) {
  return four;
}
#endif

/// Two groups, or a last one alone, whose second is not looked at. `stored` is xored already.
CK_INLINE void ck_two_groups(ck_sums *sums, const uint8x8_t *stored, const int8_t *weights,
                             const bool is_pair, const int32_t pixels, const int32_t quads,
                             const int32_t panel_quads) {
  ck_four a[CK_TILE_PIXELS], b[CK_TILE_PIXELS];
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p++) {
    a[p] = ck_four_of(stored[p], 0);
    if (is_pair) b[p] = ck_four_of(stored[p], 1);
  }
#pragma clang loop unroll(full)
  for (int32_t q = 0; q < quads; q++) {
    const int8x16_t wa = vld1q_s8(weights + 16 * q);
    const int8x16_t wb = is_pair ? vld1q_s8(weights + 16 * (panel_quads + q)) : vdupq_n_s8(0);
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) {
      int16x8_t low = vmull_s8(vget_low_s8(wa), ck_four_low(a[p]));
      int16x8_t high = vmull_s8(vget_high_s8(wa), ck_four_high(a[p]));
      if (is_pair) {
        low = vmlal_s8(low, vget_low_s8(wb), ck_four_low(b[p]));
        high = vmlal_s8(high, vget_high_s8(wb), ck_four_high(b[p]));
      }
      sums->v[p][2 * q] = vpadalq_s16(sums->v[p][2 * q], low);
      sums->v[p][2 * q + 1] = vpadalq_s16(sums->v[p][2 * q + 1], high);
    }
  }
}

CK_INLINE void ck_accumulate(ck_sums *sums, const uint8_t **x, int32_t groups,
                             const int8_t *weights, const int32_t pixels, const int32_t quads,
                             const int32_t panel_quads) {
  uint8x8_t low[CK_TILE_PIXELS];
#if defined(__aarch64__)
  // Four groups at a time; ARMv7 has no registers for them.
  if (pixels == 2 && quads == 4 && groups >= 4) {
    const int32_t steps = groups / 4;
    ck_sum_2x16(sums->v[0], sums->v[1], x[0], x[1], weights, steps);
    for (int32_t p = 0; p < 2; p++) x[p] += 16 * steps;
    weights += 256 * (ptrdiff_t)steps;
    groups -= 4 * steps;
  }
  // The empty instructions keep the compiler from loading the weights of all four at once, which
  // would cost it accumulators.
  uint8x8_t high[CK_TILE_PIXELS];
  for (; (pixels < 2 || quads < 4) && groups >= 4; groups -= 4, weights += 64 * panel_quads) {
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) {
      uint8x16_t stored = veorq_u8(vld1q_u8(x[p]), vdupq_n_u8(0x80));
      x[p] += 16;
      __asm__ volatile("" : "+w"(stored));
      low[p] = vget_low_u8(stored);
      high[p] = vget_high_u8(stored);
    }
    ck_two_groups(sums, low, weights, true, pixels, quads, panel_quads);
    __asm__ volatile("" ::: "memory");
    ck_two_groups(sums, high, weights + 32 * panel_quads, true, pixels, quads, panel_quads);
  }
#endif
  for (; groups >= 2; groups -= 2, weights += 32 * panel_quads) {
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) {
      low[p] = veor_u8(vld1_u8(x[p]), vdup_n_u8(0x80));
      x[p] += 8;
    }
    ck_two_groups(sums, low, weights, true, pixels, quads, panel_quads);
  }
  if (groups > 0) {
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) {
      low[p] = veor_u8(vget_low_u8(ck_load_group(x[p])), vdup_n_u8(0x80));
    }
    ck_two_groups(sums, low, weights, false, pixels, quads, panel_quads);
  }
}

CK_INLINE int32x4_t ck_finish(const ck_sums *sums, const int32_t *start, const int32_t p,
                              const int32_t q, const int32_t pixels) {
  (void)pixels;
  const int32x4_t a = sums->v[p][2 * q], b = sums->v[p][2 * q + 1];
#if defined(__aarch64__)
  const int32x4_t sum = vpaddq_s32(a, b);
#else
  const int32x4_t sum = vcombine_s32(vpadd_s32(vget_low_s32(a), vget_high_s32(a)),
                                     vpadd_s32(vget_low_s32(b), vget_high_s32(b)));
#endif
  return vaddq_s32(sum, vld1q_s32(start + 4 * q));
}

#include "u8i8_conv_arm.h"
