#include <string.h>
#include "common/panel.h"
#include "portable.h"

#pragma STDC FP_CONTRACT OFF

// Convolution by tiles of four output pixels and one panel, in plain C with vector types, for
// whatever instruction set the module is compiled for.
//
// Two products of a group of four are added before they meet the accumulator, as
// int16 * int16 + int16 * int16 -> int32, which compilers turn into `pmaddwd`;
// |sum| <= 2 * 255 * 127, so nothing saturates. The two halves of a channel's sum stay apart until
// the tile is finished.

#define CK_INLINE static inline __attribute__((always_inline))

enum { CK_TILE_PIXELS = 4 };

/// Half a panel: 8 channels' weights for one group of four inputs, and their pairs of sums.
typedef int8_t ck_i8x32 __attribute__((vector_size(32), aligned(1)));
typedef uint8_t ck_u8x32 __attribute__((vector_size(32)));
typedef uint32_t ck_u32x8 __attribute__((vector_size(32)));
typedef int16_t ck_i16x32 __attribute__((vector_size(64)));
typedef int32_t ck_i32x16 __attribute__((vector_size(64)));
typedef int32_t ck_i32x32 __attribute__((vector_size(128)));

/// Adds one group of four inputs of `pixels` pixels to `sums`. `x[p]` moves on by `step[p]`.
CK_INLINE void ck_tile_group(ck_i32x16 sums[][2], const uint8_t **x, const int32_t *step,
                             const int8_t *weights, const int32_t width, const int32_t pixels) {
  const int32_t halves = width / 8;
  ck_i16x32 wide[2];
#pragma clang loop unroll(full)
  for (int32_t h = 0; h < halves; h++) {
    const ck_i8x32 narrow = *(const ck_i8x32 *)(const void *)(weights + 32 * h);
    wide[h] = __builtin_convertvector(narrow, ck_i16x32);
  }
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p++) {
    uint32_t four;
    memcpy(&four, x[p], sizeof four);
    const ck_u32x8 splat = {four, four, four, four, four, four, four, four};
    const ck_i16x32 in = __builtin_convertvector((ck_u8x32)splat, ck_i16x32);
#pragma clang loop unroll(full)
    for (int32_t h = 0; h < halves; h++) {
      const ck_i32x32 product =
          __builtin_convertvector(wide[h], ck_i32x32) * __builtin_convertvector(in, ck_i32x32);
      sums[p][h] += __builtin_shufflevector(product, product, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20,
                                            22, 24, 26, 28, 30) +
                    __builtin_shufflevector(product, product, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21,
                                            23, 25, 27, 29, 31);
    }
    x[p] += step[p];
  }
}

/// One tile: output pixels (oy, ox ..< ox + pixels), channels first ..< first + count.
CK_INLINE void ck_tile(const ck_conv *op, int32_t oy, int32_t ox, int32_t first, int32_t count,
                       const int8_t *weights, int32_t groups, const int32_t width,
                       const int32_t pixels) {
  ck_i32x16 sums[CK_TILE_PIXELS][2] = {{{0}}};
  for (int32_t ky = 0; ky < op->window.kernel_height; ky++) {
    for (int32_t kx = 0; kx < op->window.kernel_width; kx++) {
      const uint8_t *x[CK_TILE_PIXELS];
      int32_t step[CK_TILE_PIXELS];
#pragma clang loop unroll(full)
      for (int32_t p = 0; p < pixels; p++) {
        x[p] = ck_pixel(op, oy, ox + p, ky, kx);
        step[p] = x[p] ? 4 : 0;
        if (!x[p]) x[p] = op->pad;
      }
      for (int32_t g = 0; g < groups; g++, weights += width * 4) {
        ck_tile_group(sums, x, step, weights, width, pixels);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p++) {
    int32_t pairs[2 * CK_PANEL_CHANNELS], totals[CK_PANEL_CHANNELS];
    memcpy(pairs, sums[p], sizeof pairs);
    for (int32_t o = 0; o < CK_PANEL_CHANNELS; o++) totals[o] = pairs[2 * o] + pairs[2 * o + 1];
    for (int32_t o = 0; o < count; o++) totals[o] += op->bias[first + o];
    ck_store_sums(op, oy, ox + p, first, count, totals);
  }
}

/// One panel over the whole output.
CK_INLINE void ck_tile_panel(const ck_conv *op, int32_t first, int32_t count, const int8_t *panel,
                             int32_t groups, const int32_t width) {
  for (int32_t oy = 0; oy < op->output.height; oy++) {
    int32_t ox = 0;
    for (; ox + CK_TILE_PIXELS <= op->output.width; ox += CK_TILE_PIXELS) {
      ck_tile(op, oy, ox, first, count, panel, groups, width, CK_TILE_PIXELS);
    }
    for (; ox < op->output.width; ox++) {
      ck_tile(op, oy, ox, first, count, panel, groups, width, 1);
    }
  }
}

void ck_u8i8_conv_4x16_c(const ck_conv *op) {
  const int32_t groups = ck_groups(op->input.channels);
  const int32_t channels = op->output.channels;
  const int8_t *panel = op->weights;
  for (int32_t first = 0; first < channels;) {
    const int32_t width = ck_panel_width(channels, first);
    const int32_t count = channels - first < width ? channels - first : width;
    if (width == CK_PANEL_CHANNELS) {
      ck_tile_panel(op, first, count, panel, groups, CK_PANEL_CHANNELS);
    } else {
      ck_tile_panel(op, first, count, panel, groups, CK_PANEL_CHANNELS / 2);
    }
    panel += (size_t)op->window.kernel_height * op->window.kernel_width * groups * width * 4;
    first += width;
  }
}
