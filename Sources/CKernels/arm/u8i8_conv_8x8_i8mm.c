#include "arm.h"

#if defined(__aarch64__)
#include "conv_pixels_neon.h"

#pragma clang attribute push(__attribute__((target("arch=armv8.6-a+i8mm"))), apply_to = function)

// The convolution with `usmmla`: two pixels by two channels by eight inputs an instruction,
// unsigned by signed as the values are stored. Zips bring two groups of a pixel's neighbour, and of
// a channel's, side by side: for 8 pixels by 8 channels one for every four products. A tile of one
// pixel would leave half of every product unused; it has `sudot`, four channels by four inputs.

enum { CK_TILE_PIXELS = 8, CK_TILE_QUADS = 2, CK_REST_QUADS = 4, CK_SIGNED = 0 };

/// Two pixels: v[pixel / 2][channel / 2] = {(0, 0), (0, 1), (1, 0), (1, 1)}, (pixel, channel).
/// One pixel: v[0][channel / 4].
typedef struct ck_sums {
  int32x4_t v[CK_TILE_PIXELS / 2][2 * CK_REST_QUADS];
} ck_sums;

CK_INLINE void ck_begin(ck_sums *sums, const int32_t *start, const int32_t pixels,
                        const int32_t quads) {
  (void)start;
#pragma clang loop unroll(full)
  for (int32_t i = 0; i < (pixels + 1) / 2; i++) {
#pragma clang loop unroll(full)
    for (int32_t c = 0; c < 2 * quads; c++) sums->v[i][c] = vdupq_n_s32(0);
  }
}

CK_INLINE int8x16_t ck_zip_low(int8x16_t a, int8x16_t b) {
  return vreinterpretq_s8_s32(vzip1q_s32(vreinterpretq_s32_s8(a), vreinterpretq_s32_s8(b)));
}

CK_INLINE int8x16_t ck_zip_high(int8x16_t a, int8x16_t b) {
  return vreinterpretq_s8_s32(vzip2q_s32(vreinterpretq_s32_s8(a), vreinterpretq_s32_s8(b)));
}

/// Two groups: in[pixel / 2] holds eight bytes of each of two pixels. For a last group alone
/// `is_pair` is false and the upper four bytes of each pixel are zero.
CK_INLINE void ck_two_groups(ck_sums *sums, const uint8x16_t *in, const int8_t *weights,
                             const bool is_pair, const int32_t pixels, const int32_t quads,
                             const int32_t panel_quads) {
#pragma clang loop unroll(full)
  for (int32_t q = 0; q < quads; q++) {
    const int8x16_t a = vld1q_s8(weights + 16 * q);
    // One load after the other: two at once occupy a Cortex-A510 longer.
    __asm__ volatile("" ::: "memory");
    const int8x16_t b = is_pair ? vld1q_s8(weights + 16 * (panel_quads + q)) : vdupq_n_s8(0);
    const int8x16_t low = ck_zip_low(a, b), high = ck_zip_high(a, b);
#pragma clang loop unroll(full)
    for (int32_t i = 0; i < pixels / 2; i++) {
      sums->v[i][2 * q] = vusmmlaq_s32(sums->v[i][2 * q], in[i], low);
    }
#pragma clang loop unroll(full)
    for (int32_t i = 0; i < pixels / 2; i++) {
      sums->v[i][2 * q + 1] = vusmmlaq_s32(sums->v[i][2 * q + 1], in[i], high);
    }
  }
}

#define CK_GROUP(LANE)                                                     \
  _Pragma("clang loop unroll(full)") for (int32_t q = 0; q < quads; q++) { \
    const int8x16_t w = vld1q_s8(weights + 16 * q);                        \
    sums->v[0][q] = vsudotq_laneq_s32(sums->v[0][q], w, in, LANE);         \
  }                                                                        \
  weights += 16 * panel_quads

CK_INLINE void ck_accumulate_one(ck_sums *sums, const uint8_t *x, int32_t groups,
                                 const int8_t *weights, const int32_t quads,
                                 const int32_t panel_quads) {
  for (; groups >= 4; groups -= 4, x += 16) {
    const uint8x16_t in = vld1q_u8(x);
    CK_GROUP(0);
    CK_GROUP(1);
    CK_GROUP(2);
    CK_GROUP(3);
  }
  for (; groups > 0; groups--, x += 4) {
    const uint8x16_t in = ck_load_group(x);
    CK_GROUP(0);
  }
}

CK_INLINE void ck_accumulate(ck_sums *sums, const uint8_t **x, int32_t groups,
                             const int8_t *weights, const int32_t pixels, const int32_t quads,
                             const int32_t panel_quads) {
  if (pixels == 1) {
    ck_accumulate_one(sums, x[0], groups, weights, quads, panel_quads);
    return;
  }
  uint8x16_t in[CK_TILE_PIXELS / 2], next[CK_TILE_PIXELS / 2];
  size_t at = 0;
  for (; groups >= 4; groups -= 4, at += 16, weights += 64 * panel_quads) {
#pragma clang loop unroll(full)
    for (int32_t i = 0; i < pixels / 2; i++) {
      const uint64x2_t a = vreinterpretq_u64_u8(vld1q_u8(x[2 * i] + at));
      const uint64x2_t b = vreinterpretq_u64_u8(vld1q_u8(x[2 * i + 1] + at));
      in[i] = vreinterpretq_u8_u64(vzip1q_u64(a, b));
      next[i] = vreinterpretq_u8_u64(vzip2q_u64(a, b));
    }
    ck_two_groups(sums, in, weights, true, pixels, quads, panel_quads);
    ck_two_groups(sums, next, weights + 32 * panel_quads, true, pixels, quads, panel_quads);
  }
  for (; groups >= 2; groups -= 2, at += 8, weights += 32 * panel_quads) {
#pragma clang loop unroll(full)
    for (int32_t i = 0; i < pixels / 2; i++) {
      in[i] = vcombine_u8(vld1_u8(x[2 * i] + at), vld1_u8(x[2 * i + 1] + at));
    }
    ck_two_groups(sums, in, weights, true, pixels, quads, panel_quads);
  }
  if (groups > 0) {
#pragma clang loop unroll(full)
    for (int32_t i = 0; i < pixels / 2; i++) {
      uint32x4_t both = vdupq_n_u32(0);
      both = vld1q_lane_u32((const uint32_t *)(const void *)(x[2 * i] + at), both, 0);
      both = vld1q_lane_u32((const uint32_t *)(const void *)(x[2 * i + 1] + at), both, 2);
      in[i] = vreinterpretq_u8_u32(both);
    }
    ck_two_groups(sums, in, weights, false, pixels, quads, panel_quads);
  }
}

CK_INLINE int32x4_t ck_finish(const ck_sums *sums, const int32_t *start, const int32_t p,
                              const int32_t q, const int32_t pixels) {
  const int32x4_t first = vld1q_s32(start + 4 * q);
  if (pixels == 1) return vaddq_s32(sums->v[0][q], first);
  const int64x2_t a = vreinterpretq_s64_s32(sums->v[p / 2][2 * q]);
  const int64x2_t b = vreinterpretq_s64_s32(sums->v[p / 2][2 * q + 1]);
  const int64x2_t mine = p % 2 == 0 ? vzip1q_s64(a, b) : vzip2q_s64(a, b);
  return vaddq_s32(vreinterpretq_s32_s64(mine), first);
}

#include "u8i8_conv_arm.h"

void ck_u8i8_conv_8x8_i8mm(const ck_conv *op) {
  ck_conv_arm(op);
}

#pragma clang attribute pop
#endif
