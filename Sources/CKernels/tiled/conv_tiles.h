#pragma once
#include "ckernels.h"

// Convolution by tiles: some output pixels times some panels of channels at a time, whose sums stay
// in registers. The walk over the output is written once (conv_tiles.c); an instruction set brings
// the loop over a tile's inputs and the way its sums leave. Private to CKernels.

enum {
  /// Most output pixels of a tile.
  CK_TILE_MOST_PIXELS = 12,
  /// Most sums of a tile.
  CK_TILE_MOST_SUMS = 24 * CK_PANEL_CHANNELS,
};

/// Where the bytes of a tile go.
typedef struct ck_tile_output {
  const ck_conv *op;
  /// [channel of the tile], whole panels.
  const float *multiplier;
  /// Of the first pixel's first channel; the others follow by `op->output.pixel_stride`.
  uint8_t *bytes;
  /// Channels to write: those behind belong to somebody else.
  int32_t channels;
} ck_tile_output;

/// One tile: `runs` stretches of `groups` groups of four inputs, and the sums.
typedef struct ck_tile_input {
  /// [run][pixel]: where the stretch begins in the image, or in a row of padding.
  const uint8_t *const *pixels;
  int32_t runs;
  int32_t groups;
  /// Of the first panel: [run][group][channel in panel][4], with `skip_bytes` between runs.
  const int8_t *weights;
  size_t skip_bytes;
  /// From one panel's weights to the next one's.
  size_t panel_bytes;
  /// [channel of the tile], whole panels: what the sums begin with; NULL to go on with `sums`.
  const int32_t *bias;
  /// [pixel]: the tile's sums, [channel of the tile].
  int32_t *const *sums;
  /// Where the sums leave as bytes; NULL to keep them in `sums`.
  const ck_tile_output *output;
} ck_tile_input;

/// Adds a tile's products. The number of pixels and panels is the function's own.
typedef void (*ck_tile_sum)(const ck_tile_input *input);

/// What a tile is: how many panels of how many channels, for up to how many pixels.
typedef struct ck_tile_shape {
  int32_t panels;
  /// Channels of a panel, 16 or 8.
  int32_t width;
  int32_t pixels;
  /// [pixels - 1]
  const ck_tile_sum *sum;
} ck_tile_shape;

/// How one instruction set does it.
typedef struct ck_tiling {
  /// For panels of 16, more panels and fewer pixels from one to the next, the first with one panel;
  /// the last is for panels of 8.
  const ck_tile_shape *shapes;
  int32_t shape_count;
  /// The shape for more pixels than fit any tile.
  int32_t shape_for_many;
} ck_tiling;

/// The whole convolution.
void ck_conv_by_tiles(const ck_conv *op, const ck_tiling *tiling);

/// The same, by bands of rows that are copied with their padding where that pays.
void ck_conv_by_padded_tiles(const ck_conv *op, const ck_tiling *tiling);
