#pragma once
#include "neon.h"
#include "common/panel.h"

#pragma STDC FP_CONTRACT OFF

// Several output pixels of a convolution at once, in the order of memory, across the ends of rows:
// where their windows lie and how their sums leave. Private to CKernels; `pixels` and `quads` are
// constants after inlining.

/// Where an output pixel's window begins in the input; outside the image perhaps.
typedef struct ck_corner {
  int32_t y, x;
  ptrdiff_t offset;
} ck_corner;

/// Finds the corners of `pixels` output pixels; whether all their windows lie inside the image.
CK_INLINE bool ck_corners(const ck_conv *op, int32_t pixel, const int32_t pixels,
                          ck_corner *corners) {
  const ck_window *window = &op->window;
  const int32_t last_y = op->input.height - window->kernel_height;
  const int32_t last_x = op->input.width - window->kernel_width;
  const int32_t oy = pixel / op->output.width;
  int32_t ox = pixel - oy * op->output.width;
  int32_t y = oy * window->stride_height - window->pad_top;
  int32_t x = ox * window->stride_width - window->pad_left;
  const ptrdiff_t step = (ptrdiff_t)window->stride_width * op->input.pixel_stride;
  ptrdiff_t offset = ((ptrdiff_t)y * op->input.width + x) * op->input.pixel_stride;
  bool inside = true;
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p++) {
    inside &= y >= 0 && y <= last_y && x >= 0 && x <= last_x;
    corners[p].y = y;
    corners[p].x = x;
    corners[p].offset = offset;
    x += window->stride_width;
    offset += step;
    if (++ox == op->output.width) {
      ox = 0;
      x = -window->pad_left;
      y += window->stride_height;
      offset = ((ptrdiff_t)y * op->input.width + x) * op->input.pixel_stride;
    }
  }
  return inside;
}

/// Whether tap (ky, kx) of a window lies inside the image.
CK_INLINE bool ck_sees(const ck_conv *op, const ck_corner *corner, int32_t ky, int32_t kx) {
  return (uint32_t)(corner->y + ky) < (uint32_t)op->input.height &&
         (uint32_t)(corner->x + kx) < (uint32_t)op->input.width;
}

/// Some channels of an output: the first, how many, and `multiplier` for them, filled up to the
/// constant number of quads that they are stored with.
typedef struct ck_channels {
  int32_t first;
  int32_t count;
  const float *multiplier;
} ck_channels;

/// Writes the sums of one output pixel's channels, at most 4 * quads of them, and nothing behind
/// them: floats, or fewer bytes than a vector. Not inlined, for it is rarely needed.
static __attribute__((noinline)) void ck_store_some(const ck_conv *op, int32_t pixel,
                                                    const ck_channels *channels,
                                                    const int32x4_t *sums, int32_t quads) {
  uint8_t *bytes = op->output.bytes + (size_t)pixel * op->output.pixel_stride;
  const int32_t count = channels->count < 4 * quads ? channels->count : 4 * quads;
  float32x4_t product[4] = {vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)};
  for (int32_t q = 0; q < quads; q++) {
    product[q] = vmulq_f32(vcvtq_f32_s32(sums[q]), vld1q_f32(channels->multiplier + 4 * q));
  }
  if (op->float_output) {
    memcpy((float *)(void *)bytes + channels->first, product, sizeof(float) * (size_t)count);
  } else {
    const ck_range range = {op->zero_point, op->low, op->high};
    ck_store_bytes(bytes + channels->first, ck_quantise16(product, range), count);
  }
}

/// Requantises and writes the sums of some pixels' channels, at most 4 * quads of them.
CK_INLINE void ck_store_pixels(const ck_conv *op, int32_t pixel, const ck_channels *channels,
                               const int32x4_t (*sums)[4], const int32_t pixels,
                               const int32_t quads) {
  if (op->float_output || channels->count < 4 * quads) {
    for (int32_t p = 0; p < pixels; p++) ck_store_some(op, pixel + p, channels, sums[p], quads);
    return;
  }
  // Copies, so that compilers see that no byte written changes them.
  const ck_range range = {op->zero_point, op->low, op->high};
  const size_t step = (size_t)op->output.pixel_stride;
  uint8_t *out = op->output.bytes + pixel * step + channels->first;
  float32x4_t multiplier[4];
#pragma clang loop unroll(full)
  for (int32_t q = 0; q < quads; q++) multiplier[q] = vld1q_f32(channels->multiplier + 4 * q);
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p++, out += step) {
    float32x4_t product[4];
#pragma clang loop unroll(full)
    for (int32_t q = 0; q < quads; q++) {
      product[q] = vmulq_f32(vcvtq_f32_s32(sums[p][q]), multiplier[q]);
    }
    if (quads == 4) {
      vst1q_u8(out, ck_quantise16(product, range));
    } else {
      vst1_u8(out, ck_quantise8(product, range));
    }
  }
}
