#include "conv_tiles.h"
#include "common/panel.h"

#pragma STDC FP_CONTRACT OFF

// The walk of a tiled convolution over its output. It is the same for all instruction sets: what
// counts is in the loops it calls.
//
// Pixels are numbered through the rows, so that a tile may span several rows of a small image.
// Tiles of one block of pixels pass under a set of panels before the next set is taken: the set's
// weights stay in the first or second cache meanwhile, the block's inputs in the second.

enum {
  /// Inputs of the pixels that pass under all panels together. Half of the smallest second cache.
  BLOCK_BYTES = 128 * 1024,
  /// Inputs of a channel run outside the image. Longer ones are cut.
  PADDING_BYTES = 1024,
  /// Pointers of a tile that are worked out at once.
  MOST_POINTERS = 320,
  /// Loading and storing a tile's sums once costs about so many products of a panel.
  SPLIT_COST = 40,
};

/// A convolution and what follows from its shape.
typedef struct walk {
  const ck_conv *op;
  const ck_tiling *tiling;
  /// Groups of four inputs a pixel.
  int32_t groups;
  int32_t taps;
  /// Whether outside the image there are zeros, whose products needn't be computed.
  bool pads_zero;
  /// Whether a row of a window is one stretch of memory.
  bool is_dense;
  /// Whether output pixel n sees the input pixel n pixels behind the first one's, and no other.
  bool is_pointwise;
  uint8_t padding[PADDING_BYTES];
} walk;

/// Neighbouring panels that pass over the image together.
typedef struct panel_set {
  const ck_tile_shape *shape;
  const int8_t *weights;
  size_t panel_bytes;
  const int32_t *bias;
  const float *multiplier;
  int32_t first_channel;
  int32_t channels;
} panel_set;

/// Where a tile's pixels look: the upper left corner of each one's window, in pixels and in bytes.
typedef struct tile {
  int32_t first;
  int32_t pixels;
  int32_t y[CK_TILE_MOST_PIXELS];
  int32_t x[CK_TILE_MOST_PIXELS];
  ptrdiff_t offset[CK_TILE_MOST_PIXELS];
  /// Whether all windows lie inside the image.
  bool is_inside;
} tile;

static ptrdiff_t row_bytes(const ck_view *view) {
  return (ptrdiff_t)view->width * view->pixel_stride;
}

static void place(const walk *w, int32_t first, int32_t pixels, tile *t) {
  const ck_conv *op = w->op;
  const ck_window *window = &op->window;
  const int32_t most_y = op->input.height - window->kernel_height;
  const int32_t most_x = op->input.width - window->kernel_width;
  const ptrdiff_t row = row_bytes(&op->input);
  t->first = first;
  t->pixels = pixels;
  t->is_inside = true;
  if (w->is_pointwise) {
    const ptrdiff_t stride = op->input.pixel_stride,
                    start = first - (ptrdiff_t)window->pad_top * op->input.width;
    for (int32_t p = 0; p < pixels; p++) t->offset[p] = (start + p) * stride;
    return;
  }
  int32_t oy = first / op->output.width, ox = first % op->output.width;
  for (int32_t p = 0; p < pixels; p++) {
    const int32_t y = oy * window->stride_height - window->pad_top;
    const int32_t x = ox * window->stride_width - window->pad_left;
    t->y[p] = y;
    t->x[p] = x;
    t->offset[p] = y * row + (ptrdiff_t)x * op->input.pixel_stride;
    t->is_inside &= y >= 0 && y <= most_y && x >= 0 && x <= most_x;
    if (++ox == op->output.width) {
      ox = 0;
      oy++;
    }
  }
}

static bool sees(const ck_conv *op, const tile *t, int32_t p, int32_t ky, int32_t kx) {
  return (uint32_t)(t->y[p] + ky) < (uint32_t)op->input.height &&
         (uint32_t)(t->x[p] + kx) < (uint32_t)op->input.width;
}

/// Sums of a tile whose windows lie inside the image: no tap is asked where it is.
static void sum_inside(const walk *w, const panel_set *set, const tile *t, int32_t *const *sums,
                       const ck_tile_output *output) {
  const ck_conv *op = w->op;
  const int32_t columns = w->is_dense ? 1 : op->window.kernel_width;
  const int32_t runs = op->window.kernel_height * columns;
  const int32_t runs_at_once = MOST_POINTERS / t->pixels;
  const uint8_t *pixels[MOST_POINTERS];
  ck_tile_input input = {
      .pixels = pixels,
      .groups = w->groups * (w->is_dense ? op->window.kernel_width : 1),
      .weights = set->weights,
      .panel_bytes = set->panel_bytes,
      .bias = set->bias,
      .sums = sums,
  };
  const ptrdiff_t row = row_bytes(&op->input);
  int32_t ky = 0, kx = 0;
  for (int32_t run = 0; run < runs; run += input.runs) {
    input.runs = runs - run < runs_at_once ? runs - run : runs_at_once;
    const uint8_t **pixel = pixels;
    for (int32_t r = 0; r < input.runs; r++) {
      const uint8_t *tap = op->input.bytes + ky * row + (ptrdiff_t)kx * op->input.pixel_stride;
      for (int32_t p = 0; p < t->pixels; p++) *pixel++ = tap + t->offset[p];
      if (++kx == columns) {
        kx = 0;
        ky++;
      }
    }
    if (run + input.runs == runs) input.output = output;
    set->shape->sum[t->pixels - 1](&input);
    input.weights += (size_t)input.runs * input.groups * set->shape->width * 4;
    input.bias = NULL;
  }
}

/// Sums of a tile at the border, the padding read from a row of it.
static void sum_padded(const walk *w, const panel_set *set, const tile *t, int32_t *const *sums,
                       const ck_tile_output *output) {
  const ck_conv *op = w->op;
  const int32_t runs_at_once = MOST_POINTERS / t->pixels;
  const int32_t group_bytes = set->shape->width * 4;
  const uint8_t *pixels[MOST_POINTERS];
  ck_tile_input input = {
      .pixels = pixels, .panel_bytes = set->panel_bytes, .bias = set->bias, .sums = sums};
  const ptrdiff_t row = row_bytes(&op->input);
  for (int32_t group = 0; group < w->groups; group += input.groups) {
    const int32_t rest = w->groups - group;
    input.groups = rest < PADDING_BYTES / 4 ? rest : PADDING_BYTES / 4;
    input.weights = set->weights + (size_t)group * group_bytes;
    input.skip_bytes = (size_t)(w->groups - input.groups) * group_bytes;
    int32_t ky = 0, kx = 0;
    for (int32_t run = 0; run < w->taps; run += input.runs) {
      input.runs = w->taps - run < runs_at_once ? w->taps - run : runs_at_once;
      const uint8_t **pixel = pixels;
      for (int32_t r = 0; r < input.runs; r++) {
        const ptrdiff_t tap = ky * row + (ptrdiff_t)kx * op->input.pixel_stride + 4 * group;
        for (int32_t p = 0; p < t->pixels; p++) {
          *pixel++ = sees(op, t, p, ky, kx) ? op->input.bytes + (t->offset[p] + tap) : w->padding;
        }
        if (++kx == op->window.kernel_width) {
          kx = 0;
          ky++;
        }
      }
      const bool is_last = run + input.runs == w->taps && input.groups == rest;
      if (is_last) input.output = output;
      set->shape->sum[t->pixels - 1](&input);
      input.weights += (size_t)input.runs * w->groups * group_bytes;
      input.bias = NULL;
    }
  }
}

/// Sums of a tile at the border, tap by tap for those pixels alone that see the tap. In an image of
/// 2x2 pixels under a window of 3x3 these are 16 of 36.
static void sum_seen(const walk *w, const panel_set *set, const tile *t, int32_t *const *sums,
                     const ck_tile_output *output) {
  const ck_conv *op = w->op;
  const int32_t channels = set->shape->panels * set->shape->width;
  for (int32_t p = 0; p < t->pixels; p++) memcpy(sums[p], set->bias, (size_t)channels * 4);
  const uint8_t *pixels[CK_TILE_MOST_PIXELS];
  int32_t *seen_sums[CK_TILE_MOST_PIXELS];
  ck_tile_input input = {
      .pixels = pixels,
      .runs = 1,
      .groups = w->groups,
      .weights = set->weights,
      .panel_bytes = set->panel_bytes,
      .sums = seen_sums,
  };
  const size_t tap_bytes = (size_t)w->groups * set->shape->width * 4;
  const ptrdiff_t row = row_bytes(&op->input);
  for (int32_t ky = 0; ky < op->window.kernel_height; ky++) {
    for (int32_t kx = 0; kx < op->window.kernel_width; kx++, input.weights += tap_bytes) {
      const ptrdiff_t tap = ky * row + (ptrdiff_t)kx * op->input.pixel_stride;
      int32_t seen = 0;
      for (int32_t p = 0; p < t->pixels; p++) {
        if (!sees(op, t, p, ky, kx)) continue;
        pixels[seen] = op->input.bytes + (t->offset[p] + tap);
        seen_sums[seen++] = sums[p];
      }
      if (seen > 0) set->shape->sum[seen - 1](&input);
    }
  }
  input.runs = 0;
  input.sums = sums;
  input.output = output;
  set->shape->sum[t->pixels - 1](&input);
}

/// Whether leaving out the products with padding saves more than taking the taps one by one costs.
static bool pays_to_look(const walk *w, const panel_set *set, const tile *t) {
  if (!w->pads_zero) return false;
  int32_t padding = 0;
  for (int32_t p = 0; p < t->pixels; p++) {
    const int32_t top = t->y[p] < 0 ? -t->y[p] : 0, left = t->x[p] < 0 ? -t->x[p] : 0;
    const int32_t below = t->y[p] + w->op->window.kernel_height - w->op->input.height;
    const int32_t right = t->x[p] + w->op->window.kernel_width - w->op->input.width;
    const int32_t rows = w->op->window.kernel_height - top - (below > 0 ? below : 0);
    const int32_t columns = w->op->window.kernel_width - left - (right > 0 ? right : 0);
    padding += w->taps - (rows > 0 && columns > 0 ? rows * columns : 0);
  }
  return (int64_t)padding * w->groups * set->shape->panels > (int64_t)SPLIT_COST * w->taps;
}

/// The sums of a tile as logits.
static void store_floats(const walk *w, const panel_set *set, const tile *t, int32_t *const *sums) {
  const ck_view *out = &w->op->output;
  for (int32_t p = 0; p < t->pixels; p++) {
    float *logits = (float *)(void *)(out->bytes + (size_t)(t->first + p) * out->pixel_stride);
    for (int32_t c = 0; c < set->channels; c++) {
      logits[set->first_channel + c] = (float)sums[p][c] * set->multiplier[c];
    }
  }
}

static void do_tile(const walk *w, const panel_set *set, const tile *t) {
  int32_t memory[CK_TILE_MOST_SUMS] __attribute__((aligned(64)));
  int32_t *sums[CK_TILE_MOST_PIXELS];
  for (int32_t p = 0; p < t->pixels; p++) {
    sums[p] = memory + p * set->shape->panels * set->shape->width;
  }
  const ck_conv *op = w->op;
  const ck_tile_output bytes = {
      .op = op,
      .multiplier = set->multiplier,
      .bytes = op->output.bytes + (size_t)t->first * op->output.pixel_stride + set->first_channel,
      .channels = set->channels,
  };
  const ck_tile_output *output = op->float_output ? NULL : &bytes;
  if (t->is_inside) {
    sum_inside(w, set, t, sums, output);
  } else if (pays_to_look(w, set, t)) {
    sum_seen(w, set, t, sums, output);
  } else {
    sum_padded(w, set, t, sums, output);
  }
  if (op->float_output) store_floats(w, set, t, sums);
}

/// One set of panels over the pixels first ..< end, in tiles as equal as can be.
static void do_set(const walk *w, const panel_set *set, int32_t first, int32_t end) {
  const int32_t most = set->shape->pixels;
  int32_t tiles = (end - first + most - 1) / most;
  for (; tiles > 0; tiles--) {
    const int32_t pixels = (end - first + tiles - 1) / tiles;
    tile t;
    place(w, first, pixels, &t);
    do_tile(w, set, &t);
    first += pixels;
  }
}

/// The shape for `pixels` pixels that have `channels` channels to come. If all pixels fit a tile,
/// the one with most panels that holds them: weights are read once.
static const ck_tile_shape *choose(const ck_tiling *tiling, int32_t pixels, int32_t channels) {
  const ck_tile_shape *shapes = tiling->shapes;
  const ck_tile_shape *narrow = &shapes[tiling->shape_count - 1];
  if (channels <= narrow->width) return narrow;
  const bool fit = pixels <= shapes[0].pixels;
  for (int32_t s = fit ? tiling->shape_count - 2 : tiling->shape_for_many; s > 0; s--) {
    const int32_t before_last = (shapes[s].panels - 1) * shapes[s].width;
    if (channels <= before_last + narrow->width) continue;
    if (!fit || pixels <= shapes[s].pixels) return &shapes[s];
  }
  return &shapes[0];
}

/// All panels over the pixels first ..< end.
static void do_block(const walk *w, int32_t first, int32_t end) {
  const ck_conv *op = w->op;
  int32_t bias[CK_TILE_MOST_SUMS];
  float multiplier[CK_TILE_MOST_SUMS];
  panel_set set = {.weights = op->weights};
  for (; set.first_channel < op->output.channels; set.first_channel += set.channels) {
    const int32_t rest = op->output.channels - set.first_channel;
    set.shape = choose(w->tiling, end - first, rest);
    set.panel_bytes = (size_t)w->taps * w->groups * set.shape->width * 4;
    set.bias = op->bias + set.first_channel;
    set.multiplier = op->multiplier + set.first_channel;
    set.channels = set.shape->panels * set.shape->width;
    if (rest < set.shape->panels * CK_PANEL_CHANNELS) {
      // Kernels read whole panels.
      if (rest < set.channels) set.channels = rest;
      memset(bias, 0, sizeof bias);
      memset(multiplier, 0, sizeof multiplier);
      memcpy(bias, set.bias, (size_t)set.channels * sizeof *bias);
      memcpy(multiplier, set.multiplier, (size_t)set.channels * sizeof *multiplier);
      set.bias = bias;
      set.multiplier = multiplier;
    }
    do_set(w, &set, first, end);
    set.weights += set.panel_bytes * set.shape->panels;
  }
}

void ck_conv_by_tiles(const ck_conv *op, const ck_tiling *tiling) {
  walk w = {
      .op = op,
      .tiling = tiling,
      .groups = ck_groups(op->input.channels),
      .taps = op->window.kernel_height * op->window.kernel_width,
      .pads_zero = (op->pad[0] | op->pad[1] | op->pad[2] | op->pad[3]) == 0,
  };
  w.is_dense = op->input.pixel_stride == w.groups * 4;
  w.is_pointwise = w.taps == 1 && op->window.stride_height == 1 && op->window.stride_width == 1 &&
                   op->window.pad_left == 0 && op->window.pad_top <= 0 &&
                   op->output.width == op->input.width &&
                   op->output.height - op->window.pad_top <= op->input.height;
  for (int32_t i = 0; i < PADDING_BYTES; i += 4) memcpy(w.padding + i, op->pad, 4);
  const int32_t pixels = op->output.height * op->output.width;
  const int32_t pixel_bytes =
      op->input.pixel_stride * op->window.stride_height * op->window.stride_width;
  int32_t block = BLOCK_BYTES / pixel_bytes;
  block = block < CK_TILE_MOST_PIXELS ? CK_TILE_MOST_PIXELS
                                      : block / CK_TILE_MOST_PIXELS * CK_TILE_MOST_PIXELS;
  for (int32_t first = 0; first < pixels; first += block) {
    do_block(&w, first, pixels - first < block ? pixels : first + block);
  }
}
