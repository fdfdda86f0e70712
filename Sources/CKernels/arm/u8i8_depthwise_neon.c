#include "arm.h"
#include "reference/reference.h"

#if defined(__aarch64__) || (defined(__arm__) && defined(__ARM_NEON))
#include "conv_pixels_neon.h"

#pragma STDC FP_CONTRACT OFF

// The depthwise convolution: a few pixels by sixteen channels, two taps at a time, whose products
// fit a 16-bit sum: |sum| <= 2 * 128 * 127, since no weight is -128. Inputs are read as
// `stored ^ 0x80`. Where each tap of a tile's pixels reads is worked out once for all channels.

enum {
#if defined(__aarch64__)
  CK_TILE_PIXELS = 4,
#else
  CK_TILE_PIXELS = 2,
#endif
  /// Taps of the largest window; more are left to the reference.
  CK_MOST_TAPS = 81,
  /// Channels that a tile takes before it works out the taps anew, and bytes of padding.
  CK_SLICE_CHANNELS = 512,
};

/// What all tiles of an operation share.
typedef struct ck_depthwise {
  const ck_conv *op;
  int32_t taps;
  /// Bytes from one tap's weights to the next's.
  int32_t row;
  uint8_t pad[CK_SLICE_CHANNELS] __attribute__((aligned(16)));
  /// What the last, incomplete sixteen channels need, filled up.
  int32_t bias[CK_PANEL_CHANNELS];
  int32_t weight_sums[CK_PANEL_CHANNELS];
  float multiplier[CK_PANEL_CHANNELS];
} ck_depthwise;

/// The first channel of a slice that each tap of a tile's pixels sees. An odd last tap is followed
/// by itself.
typedef struct ck_tap_table {
  const uint8_t *x[CK_MOST_TAPS + 1][CK_TILE_PIXELS];
} ck_tap_table;

CK_INLINE void ck_find_taps(const ck_depthwise *depthwise, const ck_corner *corners, bool inside,
                            int32_t slice, ck_tap_table *table, const int32_t pixels) {
  const ck_conv *op = depthwise->op;
  const uint8_t *input = op->input.bytes + slice;
  int32_t t = 0;
  for (int32_t ky = 0; ky < op->window.kernel_height; ky++) {
    ptrdiff_t tap = (ptrdiff_t)ky * op->input.width * op->input.pixel_stride;
    for (int32_t kx = 0; kx < op->window.kernel_width; kx++, t++) {
#pragma clang loop unroll(full)
      for (int32_t p = 0; p < pixels; p++) {
        const bool seen = inside || ck_sees(op, &corners[p], ky, kx);
        table->x[t][p] = seen ? input + (corners[p].offset + tap) : depthwise->pad;
      }
      tap += op->input.pixel_stride;
    }
  }
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p++) table->x[t][p] = table->x[t - 1][p];
}

CK_INLINE int8x16_t ck_tap_input(const uint8_t *x, int32_t count, const bool is_whole) {
  const uint8x16_t stored = is_whole ? vld1q_u8(x) : ck_load_channels(x, count);
  return vreinterpretq_s8_u8(veorq_u8(stored, vdupq_n_u8(0x80)));
}

/// Output pixels pixel ..< pixel + pixels, sixteen channels, or with `is_whole` false the rest of
/// them, `at` channels behind the table's slice.
CK_INLINE void ck_depthwise_tile(const ck_depthwise *depthwise, const ck_tap_table *table,
                                 int32_t pixel, int32_t slice, int32_t at, const int32_t pixels,
                                 const bool is_whole) {
  const ck_conv *op = depthwise->op;
  const int32_t first = slice + at, count = op->output.channels - first;
  const int32_t *bias = is_whole ? op->bias + first : depthwise->bias;
  const int32_t *weight_sums = is_whole ? op->weight_sums + first : depthwise->weight_sums;
  int32x4_t sums[CK_TILE_PIXELS][4];
#pragma clang loop unroll(full)
  for (int32_t q = 0; q < 4; q++) {
    const int32x4_t shift = vshlq_n_s32(vld1q_s32(weight_sums + 4 * q), 7);
    const int32x4_t start = vaddq_s32(vld1q_s32(bias + 4 * q), shift);
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) sums[p][q] = start;
  }
  const int8_t *weights = op->weights + first;
  for (int32_t t = 0; t < depthwise->taps; t += 2, weights += 2 * depthwise->row) {
    const int8x16_t wa = vld1q_s8(weights);
    const int8x16_t wb =
        t + 1 < depthwise->taps ? vld1q_s8(weights + depthwise->row) : vdupq_n_s8(0);
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) {
      const int8x16_t a = ck_tap_input(table->x[t][p] + at, count, is_whole);
      const int8x16_t b = ck_tap_input(table->x[t + 1][p] + at, count, is_whole);
      const int16x8_t low =
          vmlal_s8(vmull_s8(vget_low_s8(wa), vget_low_s8(a)), vget_low_s8(wb), vget_low_s8(b));
      const int16x8_t high =
          vmlal_s8(vmull_s8(vget_high_s8(wa), vget_high_s8(a)), vget_high_s8(wb), vget_high_s8(b));
      sums[p][0] = vaddw_s16(sums[p][0], vget_low_s16(low));
      sums[p][1] = vaddw_s16(sums[p][1], vget_high_s16(low));
      sums[p][2] = vaddw_s16(sums[p][2], vget_low_s16(high));
      sums[p][3] = vaddw_s16(sums[p][3], vget_high_s16(high));
    }
  }
  const ck_channels channels = {first, is_whole ? CK_PANEL_CHANNELS : count,
                                is_whole ? op->multiplier + first : depthwise->multiplier};
  ck_store_pixels(op, pixel, &channels, sums, pixels, 4);
}

/// All tiles of `pixels` pixels from `pixel` on; returns the first pixel left over.
CK_INLINE int32_t ck_depthwise_tiles(const ck_depthwise *depthwise, int32_t pixel,
                                     const int32_t pixels) {
  const ck_conv *op = depthwise->op;
  const int32_t end = op->output.height * op->output.width, channels = op->output.channels;
  for (; pixel + pixels <= end; pixel += pixels) {
    ck_corner corners[CK_TILE_PIXELS];
    const bool inside = ck_corners(op, pixel, pixels, corners);
    for (int32_t slice = 0; slice < channels; slice += CK_SLICE_CHANNELS) {
      ck_tap_table table;
      ck_find_taps(depthwise, corners, inside, slice, &table, pixels);
      const int32_t rest = channels - slice;
      const int32_t count = rest < CK_SLICE_CHANNELS ? rest : CK_SLICE_CHANNELS;
      int32_t at = 0;
      for (; at + CK_PANEL_CHANNELS <= count; at += CK_PANEL_CHANNELS) {
        ck_depthwise_tile(depthwise, &table, pixel, slice, at, pixels, true);
      }
      if (at < count) ck_depthwise_tile(depthwise, &table, pixel, slice, at, pixels, false);
    }
  }
  return pixel;
}

void ck_u8i8_depthwise_neon(const ck_conv *op) {
  ck_depthwise depthwise;
  depthwise.op = op;
  depthwise.taps = op->window.kernel_height * op->window.kernel_width;
  if (depthwise.taps > CK_MOST_TAPS) {
    ck_u8i8_depthwise_ref(op);
    return;
  }
  const int32_t count = op->output.channels % CK_PANEL_CHANNELS;
  const int32_t first = op->output.channels - count;
  depthwise.row = count == 0 ? first : first + CK_PANEL_CHANNELS;
  for (size_t i = 0; i < sizeof depthwise.pad; i++) depthwise.pad[i] = op->pad[i % 4];
  for (int32_t o = 0; o < CK_PANEL_CHANNELS; o++) {
    depthwise.bias[o] = o < count ? op->bias[first + o] : 0;
    depthwise.weight_sums[o] = o < count ? op->weight_sums[first + o] : 0;
    depthwise.multiplier[o] = o < count ? op->multiplier[first + o] : 0;
  }
  const int32_t pixel = ck_depthwise_tiles(&depthwise, 0, CK_TILE_PIXELS);
  ck_depthwise_tiles(&depthwise, pixel, 1);
}
#endif
