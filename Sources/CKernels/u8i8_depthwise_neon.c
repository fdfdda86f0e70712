#include "arm.h"

#if defined(__aarch64__) || (defined(__arm__) && defined(__ARM_NEON))
#include "conv_pixels_neon.h"

#pragma STDC FP_CONTRACT OFF

// The depthwise convolution: a few pixels by sixteen channels, two taps at a time, whose products
// fit a 16-bit sum: |sum| <= 2 * 128 * 127, since no weight is -128. Inputs are read as
// `stored ^ 0x80`.

#if defined(__aarch64__)
enum { CK_TILE_PIXELS = 4 };
#else
enum { CK_TILE_PIXELS = 2 };
#endif

/// Sixteen channels, or the rest of them.
typedef struct ck_block {
  int32_t first;
  int32_t count;
  const int32_t *bias;
  const int32_t *weight_sums;
  const float *multiplier;
} ck_block;

/// A tap of the window, and where it lies from a window's corner.
typedef struct ck_tap {
  int32_t ky, kx;
  ptrdiff_t offset;
} ck_tap;

CK_INLINE ck_tap ck_next_tap(const ck_conv *op, ck_tap tap) {
  tap.offset += op->input.pixel_stride;
  if (++tap.kx == op->window.kernel_width) {
    tap.kx = 0;
    tap.ky++;
    const ptrdiff_t rest = op->input.width - op->window.kernel_width;
    tap.offset += rest * op->input.pixel_stride;
  }
  return tap;
}

/// What a pixel sees through a tap.
CK_INLINE int8x16_t ck_tap_input(const ck_conv *op, const ck_corner *corner, const ck_tap *tap,
                                 const bool inside, const uint8_t *pad, const ck_block *block,
                                 const bool is_whole) {
  const uint8_t *x = op->input.bytes + block->first + (corner->offset + tap->offset);
  if (!inside && !ck_sees(op, corner, tap->ky, tap->kx)) x = pad;
  const uint8x16_t stored = is_whole ? vld1q_u8(x) : ck_load_channels(x, block->count);
  return vreinterpretq_s8_u8(veorq_u8(stored, vdupq_n_u8(0x80)));
}

/// Output pixels pixel ..< pixel + pixels of one block.
CK_INLINE void ck_depthwise_tile(const ck_conv *op, const ck_corner *corners, const bool inside,
                                 int32_t pixel, const uint8_t *pad, const ck_block *block,
                                 int32_t row, const int32_t pixels, const bool is_whole) {
  int32x4_t sums[CK_TILE_PIXELS][4];
#pragma clang loop unroll(full)
  for (int32_t q = 0; q < 4; q++) {
    const int32x4_t shift = vshlq_n_s32(vld1q_s32(block->weight_sums + 4 * q), 7);
    const int32x4_t start = vaddq_s32(vld1q_s32(block->bias + 4 * q), shift);
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) sums[p][q] = start;
  }
  const int8_t *weights = op->weights + block->first;
  const int32_t taps = op->window.kernel_height * op->window.kernel_width;
  ck_tap tap = {0, 0, 0};
  for (int32_t t = 0; t < taps; t += 2, weights += 2 * row) {
    const bool is_pair = t + 1 < taps;
    const ck_tap second = is_pair ? ck_next_tap(op, tap) : tap;
    const int8x16_t wa = vld1q_s8(weights);
    const int8x16_t wb = is_pair ? vld1q_s8(weights + row) : vdupq_n_s8(0);
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) {
      const int8x16_t a = ck_tap_input(op, &corners[p], &tap, inside, pad, block, is_whole);
      const int8x16_t b = ck_tap_input(op, &corners[p], &second, inside, pad, block, is_whole);
      const int16x8_t low =
          vmlal_s8(vmull_s8(vget_low_s8(wa), vget_low_s8(a)), vget_low_s8(wb), vget_low_s8(b));
      const int16x8_t high =
          vmlal_s8(vmull_s8(vget_high_s8(wa), vget_high_s8(a)), vget_high_s8(wb), vget_high_s8(b));
      sums[p][0] = vaddw_s16(sums[p][0], vget_low_s16(low));
      sums[p][1] = vaddw_s16(sums[p][1], vget_high_s16(low));
      sums[p][2] = vaddw_s16(sums[p][2], vget_low_s16(high));
      sums[p][3] = vaddw_s16(sums[p][3], vget_high_s16(high));
    }
    tap = ck_next_tap(op, second);
  }
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p++) {
    const ck_channels channels = {block->first, block->count, block->multiplier};
    ck_store_quads(op, pixel + p, &channels, sums[p], 4);
  }
}

/// All tiles of `pixels` pixels from `pixel` on; returns the first pixel left over.
CK_INLINE int32_t ck_depthwise_tiles(const ck_conv *op, int32_t pixel, const uint8_t *pad,
                                     const ck_block *rest, const int32_t pixels) {
  const int32_t row =
      (op->output.channels + CK_PANEL_CHANNELS - 1) / CK_PANEL_CHANNELS * CK_PANEL_CHANNELS;
  const int32_t end = op->output.height * op->output.width;
  for (; pixel + pixels <= end; pixel += pixels) {
    ck_corner corners[CK_TILE_PIXELS];
    const bool inside = ck_corners(op, pixel, pixels, corners);
    for (int32_t first = 0; first < rest->first; first += CK_PANEL_CHANNELS) {
      const ck_block block = {first, CK_PANEL_CHANNELS, op->bias + first, op->weight_sums + first,
                              op->multiplier + first};
      if (inside) {
        ck_depthwise_tile(op, corners, true, pixel, pad, &block, row, pixels, true);
      } else {
        ck_depthwise_tile(op, corners, false, pixel, pad, &block, row, pixels, true);
      }
    }
    if (rest->count > 0) {
      ck_depthwise_tile(op, corners, inside, pixel, pad, rest, row, pixels, false);
    }
  }
  return pixel;
}

void ck_u8i8_depthwise_neon(const ck_conv *op) {
  uint8_t pad[CK_PANEL_CHANNELS] __attribute__((aligned(16)));
  for (size_t i = 0; i < sizeof pad; i++) pad[i] = op->pad[i % 4];
  // What the last, incomplete block needs, filled up.
  int32_t bias[CK_PANEL_CHANNELS] = {0}, weight_sums[CK_PANEL_CHANNELS] = {0};
  float multiplier[CK_PANEL_CHANNELS] = {0};
  const int32_t count = op->output.channels % CK_PANEL_CHANNELS;
  const int32_t first = op->output.channels - count;
  memcpy(bias, op->bias + first, sizeof(int32_t) * (size_t)count);
  memcpy(weight_sums, op->weight_sums + first, sizeof(int32_t) * (size_t)count);
  memcpy(multiplier, op->multiplier + first, sizeof(float) * (size_t)count);
  const ck_block rest = {first, count, bias, weight_sums, multiplier};
  const int32_t pixel = ck_depthwise_tiles(op, 0, pad, &rest, CK_TILE_PIXELS);
  ck_depthwise_tiles(op, pixel, pad, &rest, 1);
}
#endif
