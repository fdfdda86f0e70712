#include "arm.h"

#if defined(__aarch64__) || (defined(__arm__) && defined(__ARM_NEON))
#include "conv_pixels_neon.h"
#include "winograd/products_neon.h"
#include "winograd/transforms_neon.h"

#pragma STDC FP_CONTRACT OFF

// Convolutions of 3x3 at stride 1 by Winograd's F(2x2, 3x3), exact in integers: 16 products for the
// 36 of four output pixels.
//
// A tile is 2x2 output pixels, which see 4x4 inputs. Inputs are taken to 16 frequencies by sums of
// four bytes, within -510 ... 1020; weights, times 4, by sums within -1143 ... 1143. Products are
// summed over the inputs in 32 bits with wrap-around, and taken back by sums: four times the
// result, which fits 32 bits, so the division by 4 is exact.
//
// Weights are transformed for a panel of sixteen channels and some inputs at a time, and serve a
// block of tiles; nothing stays between calls. All memory is on the stack, 70 KB.

enum {
  /// Tiles of a block.
  BLOCK = 48,
  /// 4 * 255 * 127 * 9 * 1024 is less than 2^31.
  MOST_INPUTS = 1024,
  /// Fewer tiles can't be divided into groups for ck_winograd_products.
  LEAST_TILES = 12,
  /// Groups of tiles of a block.
  GROUPS = (BLOCK + CK_WINOGRAD_TILES - 1) / CK_WINOGRAD_TILES,
  /// Sums between frequencies, whatever the number of tiles.
  SUM_STEP = CK_WINOGRAD_TILES * CK_PANEL_CHANNELS,
};

/// What is kept while a panel is computed. Behind inputs and weights one step more may be read.
typedef struct scratch {
  /// [frequency][input][16]
  int16_t weights[CK_FREQUENCIES * CK_WEIGHT_STEP + 8 * CK_PANEL_CHANNELS];
  /// [frequency][group of eight][tile][8], of one group of tiles.
  int16_t inputs[CK_FREQUENCIES * CK_INPUT_STEP + 8 * CK_WINOGRAD_TILES];
  /// [group of tiles][frequency][tile][16]
  int32_t sums[GROUPS * CK_FREQUENCIES * SUM_STEP];
  uint8_t pad[CK_INPUTS];
} scratch;

/// A panel with what its channels need, whole even where channels are missing.
typedef struct panel {
  const int8_t *weights;
  int32_t start[CK_PANEL_CHANNELS];
  float multiplier[CK_PANEL_CHANNELS];
  ck_channels channels;
} panel;

/// Tiles of a row of the output, and of the whole.
static int32_t row_tiles(const ck_conv *op) {
  return (op->output.width + 1) / 2;
}

static int32_t all_tiles(const ck_conv *op) {
  return row_tiles(op) * ((op->output.height + 1) / 2);
}

/// Inputs first ..< first + inputs of tile `tile`, `pad` outside the image.
static void take_tile(const ck_conv *op, int32_t tile, int32_t first, int32_t inputs, int32_t tiles,
                      const uint8_t *pad, int16_t *out) {
  const ck_view *input = &op->input;
  const int32_t across = row_tiles(op);
  const int32_t y = 2 * (tile / across) - op->window.pad_top;
  const int32_t x = 2 * (tile % across) - op->window.pad_left;
  const ptrdiff_t pixel = input->pixel_stride, row = pixel * input->width;
  if (y >= 0 && x >= 0 && y + 4 <= input->height && x + 4 <= input->width) {
    ck_transform_inside(input->bytes + (y * row + x * pixel + first), row, pixel, inputs, tiles,
                        out);
    return;
  }
  const uint8_t *pixels[16];
  for (int32_t k = 0; k < 16; k++) {
    const int32_t at_y = y + k / 4, at_x = x + k % 4;
    const bool is_inside =
        (uint32_t)at_y < (uint32_t)input->height && (uint32_t)at_x < (uint32_t)input->width;
    pixels[k] = is_inside ? input->bytes + (at_y * row + at_x * pixel + first) : pad;
  }
  ck_transform_border(pixels, inputs, tiles, out);
}

/// The four output pixels of a tile from its sums.
static __attribute__((noinline)) void finish_tile(const ck_conv *op, const panel *p, int32_t tile,
                                                  const int32_t *sums) {
  int32x4_t pixels[4][4];
#pragma clang loop unroll(disable)
  for (int32_t q = 0; q < 4; q++, sums += 4) {
    const int32x4_t start = vld1q_s32(p->start + 4 * q);
    int32x4_t lines[2][4];
    for (int32_t x = 0; x < 4; x++) {
      const int32_t *column = sums + x * SUM_STEP;
      const int32x4_t a = vld1q_s32(column), b = vld1q_s32(column + 4 * SUM_STEP);
      const int32x4_t c = vld1q_s32(column + 8 * SUM_STEP), d = vld1q_s32(column + 12 * SUM_STEP);
      lines[0][x] = vaddq_s32(a, vaddq_s32(b, c));
      lines[1][x] = vsubq_s32(vsubq_s32(b, c), d);
    }
    for (int32_t y = 0; y < 2; y++) {
      const int32x4_t *v = lines[y];
      const int32x4_t left = vaddq_s32(v[0], vaddq_s32(v[1], v[2]));
      const int32x4_t right = vsubq_s32(vsubq_s32(v[1], v[2]), v[3]);
      pixels[2 * y][q] = vsraq_n_s32(start, left, 2);
      pixels[2 * y + 1][q] = vsraq_n_s32(start, right, 2);
    }
  }
  const int32_t across = row_tiles(op);
  const int32_t oy = 2 * (tile / across), ox = 2 * (tile % across);
  for (int32_t y = 0; y < 2 && oy + y < op->output.height; y++) {
    const int32_t pixel = (oy + y) * op->output.width + ox;
    if (ox + 1 < op->output.width) {
      ck_store_pixels(op, pixel, &p->channels, pixels + 2 * y, 2, 4);
    } else {
      ck_store_pixels(op, pixel, &p->channels, pixels + 2 * y, 1, 4);
    }
  }
}

/// The products of `inputs` inputs from `first` with the block of `count` tiles from `tile`.
static void add_inputs(const ck_conv *op, int32_t first, int32_t inputs, int32_t tile,
                       int32_t count, scratch *s) {
  int32_t *sums = s->sums;
  for (int32_t groups = (count + CK_WINOGRAD_TILES - 1) / CK_WINOGRAD_TILES; groups > 0; groups--) {
    const int32_t tiles = (count + groups - 1) / groups;
    for (int32_t t = 0; t < tiles; t++) {
      take_tile(op, tile + t, first, inputs, tiles, s->pad, s->inputs + 8 * t);
    }
    for (int32_t f = 0; f < CK_FREQUENCIES; f++, sums += SUM_STEP) {
      ck_winograd_products(sums, s->inputs + f * CK_INPUT_STEP, s->weights + f * CK_WEIGHT_STEP,
                           tiles, inputs / 8, first > 0);
    }
    tile += tiles;
    count -= tiles;
  }
}

/// A panel's block of `count` tiles from `tile`.
static void do_block(const ck_conv *op, const panel *p, int32_t tile, int32_t count, scratch *s) {
  const size_t tap_bytes = (size_t)CK_PANEL_CHANNELS * op->input.channels;
  int32_t first = 0;
  for (int32_t parts = (op->input.channels + CK_INPUTS - 1) / CK_INPUTS; parts > 0; parts--) {
    const int32_t eights = (op->input.channels - first) / 8;
    const int32_t inputs = (eights + parts - 1) / parts * 8;
    ck_transform_weights(p->weights + (size_t)first * CK_PANEL_CHANNELS, tap_bytes, inputs,
                         s->weights);
    add_inputs(op, first, inputs, tile, count, s);
    first += inputs;
  }
  const int32_t *sums = s->sums;
  for (int32_t groups = (count + CK_WINOGRAD_TILES - 1) / CK_WINOGRAD_TILES; groups > 0; groups--) {
    const int32_t tiles = (count + groups - 1) / groups;
    for (int32_t t = 0; t < tiles; t++) {
      finish_tile(op, p, tile + t, sums + t * CK_PANEL_CHANNELS);
    }
    sums += CK_FREQUENCIES * SUM_STEP;
    tile += tiles;
    count -= tiles;
  }
}

static void do_panel(const ck_conv *op, const panel *p, scratch *s) {
  int32_t tile = 0;
  const int32_t end = all_tiles(op);
  for (int32_t blocks = (end + BLOCK - 1) / BLOCK; blocks > 0; blocks--) {
    const int32_t count = (end - tile + blocks - 1) / blocks;
    do_block(op, p, tile, count, s);
    tile += count;
  }
}

/// Whether it takes fewer cycles than the direct sum, by the model of a Cortex-A53: in tenths of a
/// cycle for an input and a channel, 22 for a pixel's nine products against 55 + 165 / inputs for a
/// tile and 77 for a block's weights.
static bool pays(const ck_conv *op) {
  const ck_window *window = &op->window;
  const int32_t inputs = op->input.channels, tiles = all_tiles(op);
  if (window->kernel_height != 3 || window->kernel_width != 3 || window->stride_height != 1 ||
      window->stride_width != 1 || inputs % 8 != 0 || inputs > MOST_INPUTS || tiles < LEAST_TILES) {
    return false;
  }
  const int64_t direct = (int64_t)22 * op->output.height * op->output.width;
  const int64_t blocks = (tiles + BLOCK - 1) / BLOCK;
  return tiles * (int64_t)(55 + 165 / inputs) + 77 * blocks < direct;
}

static void direct(const ck_conv *op) {
#if defined(__aarch64__)
  ck_u8i8_conv_2x16_neon(op);
#else
  ck_u8i8_conv_2x8_neon(op);
#endif
}

void ck_u8i8_conv_winograd_neon(const ck_conv *op) {
  if (!pays(op)) {
    direct(op);
    return;
  }
  scratch s;
  for (int32_t i = 0; i < CK_INPUTS; i += 4) memcpy(s.pad + i, op->pad, 4);
  ck_conv rest = *op;
  for (int32_t first = 0; rest.output.channels > CK_PANEL_CHANNELS / 2;) {
    const int32_t count =
        rest.output.channels < CK_PANEL_CHANNELS ? rest.output.channels : CK_PANEL_CHANNELS;
    panel p = {.weights = rest.weights};
    memcpy(p.start, rest.bias, (size_t)count * sizeof *p.start);
    memcpy(p.multiplier, rest.multiplier, (size_t)count * sizeof *p.multiplier);
    p.channels = (ck_channels){first, count, p.multiplier};
    do_panel(op, &p, &s);
    first += count;
    rest.output.channels -= count;
    rest.output.bytes += count * (op->float_output ? (int32_t)sizeof(float) : 1);
    rest.weights += (size_t)9 * op->input.channels * CK_PANEL_CHANNELS;
    rest.bias += count;
    rest.weight_sums += count;
    rest.multiplier += count;
  }
  if (rest.output.channels > 0) direct(&rest);
}
#endif
