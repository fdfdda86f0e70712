#pragma once
#include <string.h>
#include "ckernels.h"
#include "requantise.h"

// What the convolution kernels share: where a panel lies and how its sums leave. Private to
// CKernels.

/// Groups of four inputs that one pixel of `channels` occupies.
static inline int32_t ck_groups(int32_t channels) {
  return (channels + 3) / 4;
}

/// Width of the panel that begins at output channel `first`: 16, or 8 for a tail of up to 8.
static inline int32_t ck_panel_width(int32_t channels, int32_t first) {
  return channels - first > 8 ? CK_PANEL_CHANNELS : CK_PANEL_CHANNELS / 2;
}

/// The input pixel that output (oy, ox) sees through (ky, kx), or NULL outside the image.
static inline const uint8_t *ck_pixel(const ck_conv *op, int32_t oy, int32_t ox, int32_t ky,
                                      int32_t kx) {
  const int32_t iy = oy * op->window.stride_height - op->window.pad_top + ky;
  const int32_t ix = ox * op->window.stride_width - op->window.pad_left + kx;
  if (iy < 0 || iy >= op->input.height || ix < 0 || ix >= op->input.width) return NULL;
  return op->input.bytes + ((size_t)iy * op->input.width + ix) * op->input.pixel_stride;
}

/// Writes the sums of one output pixel's channels first ..< first + count. `sums` has room for a
/// whole panel. Nothing past `count` is written: the next bytes may be another tensor's.
static inline __attribute__((always_inline)) void ck_store_sums(const ck_conv *op, int32_t oy,
                                                                int32_t ox, int32_t first,
                                                                int32_t count,
                                                                const int32_t *sums) {
  uint8_t *pixel =
      op->output.bytes + ((size_t)oy * op->output.width + ox) * op->output.pixel_stride;
  const float *multiplier = op->multiplier + first;
  if (op->float_output) {
    float *out = (float *)(void *)pixel + first;
    for (int32_t o = 0; o < count; o++) out[o] = (float)sums[o] * multiplier[o];
    return;
  }
  uint8_t *out = pixel + first;
  const int32_t zero = op->zero_point, low = op->low, high = op->high;
  if (count == CK_PANEL_CHANNELS) {
    // Copies of known size, so that compilers see no aliasing and vectorise the loop.
    float factors[CK_PANEL_CHANNELS];
    uint8_t bytes[CK_PANEL_CHANNELS];
    memcpy(factors, multiplier, sizeof factors);
    for (int32_t o = 0; o < CK_PANEL_CHANNELS; o++) {
      bytes[o] = ck_requantise(sums[o], factors[o], zero, low, high);
    }
    memcpy(out, bytes, sizeof bytes);
  } else {
    for (int32_t o = 0; o < count; o++) {
      out[o] = ck_requantise(sums[o], multiplier[o], zero, low, high);
    }
  }
}
