#pragma once
#include "arm/neon.h"
#include "products_neon.h"

// Weights and inputs of a Winograd convolution F(2x2, 3x3) as 16-bit numbers at 16 frequencies, in
// the order in which ck_winograd_products takes them. Private to CKernels.

#define CK_NOINLINE __attribute__((noinline))

enum {
  CK_FREQUENCIES = 16,
  /// Inputs whose weights and tiles are transformed together: 16 KB of weights stay in the first
  /// cache.
  CK_INPUTS = 32,
  /// Numbers between frequencies, however many inputs and tiles there are.
  CK_WEIGHT_STEP = CK_INPUTS * CK_PANEL_CHANNELS,
  CK_INPUT_STEP = CK_INPUTS * CK_WINOGRAD_TILES,
};

/// The four sums 2a, a + b + c, a - b + c, 2c of bytes or of 16-bit numbers.
CK_INLINE void ck_spread_bytes(int8x8_t a, int8x8_t b, int8x8_t c, int16x8_t *out) {
  const int16x8_t ends = vaddl_s8(a, c);
  out[0] = vshll_n_s8(a, 1);
  out[1] = vaddw_s8(ends, b);
  out[2] = vsubw_s8(ends, b);
  out[3] = vshll_n_s8(c, 1);
}

CK_INLINE void ck_spread(int16x8_t a, int16x8_t b, int16x8_t c, int16x8_t *out) {
  const int16x8_t ends = vaddq_s16(a, c);
  out[0] = vaddq_s16(a, a);
  out[1] = vaddq_s16(ends, b);
  out[2] = vsubq_s16(ends, b);
  out[3] = vaddq_s16(c, c);
}

/// Eight channels' weights of one input, by taps, to 16 frequencies.
CK_INLINE void ck_transform_eight(const int8x8_t taps[9], int16_t *out) {
  int16x8_t columns[3][4];
  for (int32_t x = 0; x < 3; x++) ck_spread_bytes(taps[x], taps[3 + x], taps[6 + x], columns[x]);
  for (int32_t y = 0; y < 4; y++) {
    int16x8_t row[4];
    ck_spread(columns[0][y], columns[1][y], columns[2][y], row);
    for (int32_t x = 0; x < 4; x++) vst1q_s16(out + (4 * y + x) * CK_WEIGHT_STEP, row[x]);
  }
}

/// The weights of `inputs` inputs, a multiple of 4, by sixteen channels. Taps lie `tap_bytes`
/// apart.
static CK_NOINLINE void ck_transform_weights(const int8_t *weights, size_t tap_bytes,
                                             int32_t inputs, int16_t *out) {
  for (int32_t i = 0; i < inputs; i += 4, weights += 4 * CK_PANEL_CHANNELS) {
    // The inputs apart: [input][tap][channel].
    int8_t apart[4][9][CK_PANEL_CHANNELS];
    for (int32_t t = 0; t < 9; t++) {
      const int8x16x4_t four = vld4q_s8(weights + t * tap_bytes);
      for (int32_t k = 0; k < 4; k++) vst1q_s8(apart[k][t], four.val[k]);
    }
#pragma clang loop unroll(disable)
    for (int32_t k = 0; k < 4; k++, out += CK_PANEL_CHANNELS) {
      int8x8_t taps[9];
      for (int32_t t = 0; t < 9; t++) taps[t] = vld1_s8(apart[k][t]);
      ck_transform_eight(taps, out);
      for (int32_t t = 0; t < 9; t++) taps[t] = vld1_s8(apart[k][t] + 8);
      ck_transform_eight(taps, out + 8);
    }
  }
}

/// Eight inputs of 4x4 pixels to 16 frequencies.
CK_INLINE void ck_transform_pixels(uint8x8_t (*at)[4], int16_t *out) {
  for (int32_t y = 0; y < 4; y++) {
    int16x8_t v[4];
    for (int32_t x = 0; x < 4; x++) {
      const uint16x8_t sum = y == 0   ? vsubl_u8(at[0][x], at[2][x])
                             : y == 1 ? vaddl_u8(at[1][x], at[2][x])
                             : y == 2 ? vsubl_u8(at[2][x], at[1][x])
                                      : vsubl_u8(at[1][x], at[3][x]);
      v[x] = vreinterpretq_s16_u16(sum);
    }
    int16_t *line = out + 4 * y * CK_INPUT_STEP;
    vst1q_s16(line, vsubq_s16(v[0], v[2]));
    vst1q_s16(line + CK_INPUT_STEP, vaddq_s16(v[1], v[2]));
    vst1q_s16(line + 2 * CK_INPUT_STEP, vsubq_s16(v[2], v[1]));
    vst1q_s16(line + 3 * CK_INPUT_STEP, vsubq_s16(v[1], v[3]));
  }
}

/// Some inputs of the 4x4 pixels at `x`, as a tile of a group of `tiles`.
static CK_NOINLINE void ck_transform_inside(const uint8_t *x, ptrdiff_t row, ptrdiff_t pixel,
                                            int32_t inputs, int32_t tiles, int16_t *out) {
  const uint8_t *b = x + row, *c = b + row, *d = c + row;
  const ptrdiff_t second = 2 * pixel, third = 3 * pixel;
  for (int32_t i = 0; i < inputs; i += 8, out += 8 * tiles) {
    uint8x8_t at[4][4] = {
        {vld1_u8(x), vld1_u8(x + pixel), vld1_u8(x + second), vld1_u8(x + third)},
        {vld1_u8(b), vld1_u8(b + pixel), vld1_u8(b + second), vld1_u8(b + third)},
        {vld1_u8(c), vld1_u8(c + pixel), vld1_u8(c + second), vld1_u8(c + third)},
        {vld1_u8(d), vld1_u8(d + pixel), vld1_u8(d + second), vld1_u8(d + third)}};
    ck_transform_pixels(at, out);
    x += 8;
    b += 8;
    c += 8;
    d += 8;
  }
}

/// The same for pixels that lie anywhere.
static CK_NOINLINE void ck_transform_border(const uint8_t *const *pixels, int32_t inputs,
                                            int32_t tiles, int16_t *out) {
  for (int32_t i = 0; i < inputs; i += 8, out += 8 * tiles) {
    uint8x8_t at[4][4];
    for (int32_t k = 0; k < 16; k++) at[k / 4][k % 4] = vld1_u8(pixels[k] + i);
    ck_transform_pixels(at, out);
  }
}

#undef CK_NOINLINE
