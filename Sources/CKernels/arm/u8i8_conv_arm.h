#pragma once
#include "conv_pixels_neon.h"

#pragma STDC FP_CONTRACT OFF

// A convolution by tiles of a few output pixels and a panel, or part of one, for ARM: everything
// but the multiply-accumulate instructions. Private to CKernels.
//
// The file that includes this header, and is compiled for its instruction set as a whole, has
// defined before:
//
//   CK_TILE_PIXELS         pixels of a tile; rests are tiles of 4, 2 and 1 as far as they are fewer
//   CK_TILE_QUADS          channels of a tile, in fours
//   CK_REST_QUADS          channels of a tile of fewer pixels, not less than those
//   ck_sums                accumulators of a tile
//   ck_begin(sums, start, pixels, quads)
//                          sets them to the channels' first sums, or to zero if ck_finish adds
//                          these
//   ck_accumulate(sums, x, groups, weights, pixels, quads, panel_quads)
//                          adds `groups` groups of four inputs that follow one another at each x[p]
//   ck_finish(sums, start, p, q)
//                          the sums of a pixel's four channels
//   CK_SIGNED              1 when inputs are read as `stored ^ 0x80`
//
// A tile takes its pixels in the order of memory, across the ends of rows, so that a panel of a
// small image is read once or twice. All counts but `groups` are constants after inlining.

enum {
  /// Bytes of padding that stand ready, and room for a row of one pixel's window. Where a tile
  /// reaches over the border and rows are longer, each tap is taken for itself, in pieces of so
  /// many bytes.
  CK_ROW_BYTES = 512,
};

/// One panel of weights with what its channels need, whole even where channels are missing.
typedef struct ck_arm_panel {
  const int8_t *weights;
  /// bias, + 128 * weight sum for signed inputs.
  int32_t start[CK_PANEL_CHANNELS];
  float multiplier[CK_PANEL_CHANNELS];
  int32_t first;
  int32_t count;
} ck_arm_panel;

/// What all tiles of an operation share.
typedef struct ck_arm_conv {
  const ck_conv *op;
  /// Groups of four inputs of a pixel.
  int32_t groups;
  /// Pixels follow one another without a gap, so that a row of the window is one run of groups.
  bool is_dense;
  /// Output pixel n sees input pixel first_pixel + n and no other.
  bool is_pointwise;
  int32_t first_pixel;
  /// A row of a window fits CK_ROW_BYTES.
  bool has_short_rows;
  uint8_t pad[CK_ROW_BYTES] __attribute__((aligned(16)));
} ck_arm_conv;

/// Row `ky` of a pixel's window, which reaches over the border, in one run: where it stands, in the
/// padding, or put together in `room`.
static __attribute__((noinline)) const uint8_t *ck_border_row(const ck_arm_conv *conv,
                                                              ck_corner corner, int32_t ky,
                                                              uint8_t *room) {
  const ck_view *input = &conv->op->input;
  const int32_t width = conv->op->window.kernel_width;
  if ((uint32_t)(corner.y + ky) >= (uint32_t)input->height) return conv->pad;
  const ptrdiff_t row = (ptrdiff_t)ky * input->width * input->pixel_stride + corner.offset;
  if (conv->is_dense && corner.x >= 0 && corner.x + width <= input->width) {
    return input->bytes + row;
  }
  uint8_t *out = room;
  for (int32_t kx = 0; kx < width; kx++) {
    const bool seen = (uint32_t)(corner.x + kx) < (uint32_t)input->width;
    const uint8_t *x =
        seen ? input->bytes + (row + (ptrdiff_t)kx * input->pixel_stride) : conv->pad;
    int32_t groups = conv->groups;
    for (; groups >= 4; groups -= 4, x += 16, out += 16) vst1q_u8(out, vld1q_u8(x));
    for (; groups > 0; groups--, x += 4, out += 4) memcpy(out, x, 4);
  }
  return room;
}

/// Output pixels pixel ..< pixel + pixels with windows at `corners`, channels `first` ..< first +
/// 4 * quads of a panel.
CK_INLINE void ck_tile(const ck_arm_conv *conv, const ck_arm_panel *panel, const ck_corner *corners,
                       bool inside, int32_t pixel, int32_t first, const int32_t pixels,
                       const int32_t quads, const int32_t panel_quads) {
  const ck_conv *op = conv->op;
  uint8_t rooms[CK_TILE_PIXELS][CK_ROW_BYTES] __attribute__((aligned(16)));
  const bool by_rows = inside ? conv->is_dense : conv->has_short_rows;
  const int32_t span = by_rows ? op->window.kernel_width : 1;
  const int32_t span_groups = span * conv->groups;
  const int32_t most_groups = inside ? span_groups : CK_ROW_BYTES / 4;
  const int8_t *weights = panel->weights + 4 * first;
  ck_sums sums;
  ck_begin(&sums, panel->start + first, pixels, quads);
  for (int32_t ky = 0; ky < op->window.kernel_height; ky++) {
    for (int32_t kx = 0; kx < op->window.kernel_width; kx += span) {
      const ptrdiff_t tap = ((ptrdiff_t)ky * op->input.width + kx) * op->input.pixel_stride;
      for (int32_t done = 0; done < span_groups; done += most_groups) {
        const uint8_t *x[CK_TILE_PIXELS];
        if (inside) {
#pragma clang loop unroll(full)
          for (int32_t p = 0; p < pixels; p++) {
            x[p] = op->input.bytes + (corners[p].offset + tap);
          }
        } else if (by_rows) {
          for (int32_t p = 0; p < pixels; p++) {
            x[p] = ck_border_row(conv, corners[p], ky, rooms[p]);
          }
        } else {
          for (int32_t p = 0; p < pixels; p++) {
            const bool seen = ck_sees(op, &corners[p], ky, kx);
            x[p] = seen ? op->input.bytes + (corners[p].offset + tap + 4 * done) : conv->pad;
          }
        }
        const int32_t rest = span_groups - done;
        const int32_t groups = rest < most_groups ? rest : most_groups;
        ck_accumulate(&sums, x, groups, weights, pixels, quads, panel_quads);
        weights += (size_t)groups * panel_quads * 16;
      }
    }
  }
  const ck_channels channels = {panel->first + first, panel->count - first,
                                panel->multiplier + first};
  int32x4_t finished[CK_TILE_PIXELS][4];
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p++) {
#pragma clang loop unroll(full)
    for (int32_t q = 0; q < quads; q++) {
      finished[p][q] = ck_finish(&sums, panel->start + first, p, q, pixels);
    }
  }
  ck_store_pixels(op, pixel, &channels, finished, pixels, quads);
}

/// All of a panel's tiles of `pixels` pixels from `pixel` on; returns the first pixel left over.
CK_INLINE int32_t ck_tiles(const ck_arm_conv *conv, const ck_arm_panel *panel, int32_t pixel,
                           const int32_t pixels, const int32_t panel_quads) {
  const int32_t end = conv->op->output.height * conv->op->output.width;
  const int32_t most = pixels == CK_TILE_PIXELS ? CK_TILE_QUADS : CK_REST_QUADS;
  const int32_t quads = panel_quads < most ? panel_quads : most;
  for (; pixel + pixels <= end; pixel += pixels) {
    ck_corner corners[CK_TILE_PIXELS];
    bool inside = true;
    if (conv->is_pointwise) {
#pragma clang loop unroll(full)
      for (int32_t p = 0; p < pixels; p++) {
        const ptrdiff_t seen = conv->first_pixel + pixel + p;
        corners[p].offset = seen * conv->op->input.pixel_stride;
      }
    } else {
      inside = ck_corners(conv->op, pixel, pixels, corners);
    }
    for (int32_t first = 0; first < panel->count; first += 4 * quads) {
      ck_tile(conv, panel, corners, inside, pixel, first, pixels, quads, panel_quads);
    }
  }
  return pixel;
}

/// One panel over the whole output.
CK_INLINE void ck_arm_panel_run(const ck_arm_conv *conv, const ck_arm_panel *panel,
                                const int32_t panel_quads) {
  int32_t pixel = ck_tiles(conv, panel, 0, CK_TILE_PIXELS, panel_quads);
  if (CK_TILE_PIXELS > 4) pixel = ck_tiles(conv, panel, pixel, 4, panel_quads);
  if (CK_TILE_PIXELS > 2) pixel = ck_tiles(conv, panel, pixel, 2, panel_quads);
  ck_tiles(conv, panel, pixel, 1, panel_quads);
}

/// The whole convolution; the body of every kernel that includes this header.
CK_INLINE void ck_conv_arm(const ck_conv *op) {
  ck_arm_conv conv;
  conv.op = op;
  conv.groups = ck_groups(op->input.channels);
  conv.is_dense = op->input.pixel_stride == 4 * conv.groups;
  const ck_window *window = &op->window;
  conv.is_pointwise = window->kernel_height == 1 && window->kernel_width == 1 &&
                      window->stride_height == 1 && window->stride_width == 1 &&
                      window->pad_top <= 0 && window->pad_left == 0 &&
                      op->output.width == op->input.width &&
                      op->output.height - window->pad_top <= op->input.height;
  conv.first_pixel = -window->pad_top * op->input.width;
  conv.has_short_rows = 4 * conv.groups * op->window.kernel_width <= CK_ROW_BYTES;
  for (size_t i = 0; i < CK_ROW_BYTES; i += 4) memcpy(conv.pad + i, op->pad, sizeof op->pad);
  const size_t taps = (size_t)op->window.kernel_height * op->window.kernel_width;
  const int32_t channels = op->output.channels;
  ck_arm_panel panel = {.weights = op->weights};
  for (int32_t width; panel.first < channels; panel.first += width) {
    width = ck_panel_width(channels, panel.first);
    panel.count = channels - panel.first < width ? channels - panel.first : width;
    for (int32_t o = 0; o < panel.count; o++) {
      const int32_t shift = CK_SIGNED ? 128 * op->weight_sums[panel.first + o] : 0;
      panel.start[o] = op->bias[panel.first + o] + shift;
      panel.multiplier[o] = op->multiplier[panel.first + o];
    }
    if (width == CK_PANEL_CHANNELS) {
      ck_arm_panel_run(&conv, &panel, CK_PANEL_CHANNELS / 4);
    } else {
      ck_arm_panel_run(&conv, &panel, CK_PANEL_CHANNELS / 8);
    }
    panel.weights += taps * (size_t)conv.groups * width * 4;
  }
}
