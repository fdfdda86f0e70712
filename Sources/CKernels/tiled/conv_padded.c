#include <string.h>
#include "common/panel.h"
#include "conv_tiles.h"

// Convolutions of few inputs with padding: a band of rows is copied with its padding first, so that
// every window lies inside. With few inputs the questions where a tile's taps lie would cost more
// than their products; the copy is read from the first or second cache.

enum {
  /// A band with its padding. Worker threads have 128 KB of stack.
  BAND_BYTES = 48 * 1024,
  /// More groups of four inputs are worth looking where padding is, which then isn't multiplied.
  MOST_GROUPS = 16,
  /// Narrower images are padding to a large part: 44 of 144 products at 4x4.
  LEAST_WIDTH = 6,
};

/// Rows and columns that `count` outputs see.
static int32_t span(int32_t count, int32_t stride, int32_t kernel) {
  return (count - 1) * stride + kernel;
}

/// `count` pixels of padding, `pixel` bytes each.
static void put_padding(const ck_conv *op, uint8_t *out, int32_t count, int32_t pixel) {
  for (int32_t i = 0; i < count * pixel; i += 4) memcpy(out + i, op->pad, 4);
}

/// The input rows from `first` on, with padding around them.
static void copy_rows(const ck_conv *op, int32_t first, int32_t rows, int32_t columns,
                      int32_t pixel, uint8_t *out) {
  const ck_view *input = &op->input;
  const int32_t left = op->window.pad_left < columns ? op->window.pad_left : columns;
  const int32_t seen = columns - left < input->width ? columns - left : input->width;
  for (int32_t y = first; y < first + rows; y++, out += columns * pixel) {
    if (y < 0 || y >= input->height) {
      put_padding(op, out, columns, pixel);
      continue;
    }
    const uint8_t *from = input->bytes + (size_t)y * input->width * input->pixel_stride;
    put_padding(op, out, left, pixel);
    uint8_t *to = out + left * pixel;
    if (input->pixel_stride == pixel) {
      memcpy(to, from, (size_t)seen * pixel);
    } else {
      for (int32_t x = 0; x < seen; x++) {
        memcpy(to + x * pixel, from + (ptrdiff_t)x * input->pixel_stride, (size_t)pixel);
      }
    }
    put_padding(op, to + seen * pixel, columns - left - seen, pixel);
  }
}

void ck_conv_by_padded_tiles(const ck_conv *op, const ck_tiling *tiling) {
  const ck_window *window = &op->window;
  const ck_view *output = &op->output;
  const int32_t pixel = 4 * ck_groups(op->input.channels);
  const int64_t columns = span(output->width, window->stride_width, window->kernel_width);
  const int64_t row = columns * pixel;
  const bool is_padded =
      window->pad_left > 0 || window->pad_top > 0 || columns > op->input.width ||
      span(output->height, window->stride_height, window->kernel_height) > op->input.height;
  // Rows of the output whose windows' rows fit.
  const int64_t fitting = BAND_BYTES / row - window->kernel_height;
  if (!is_padded || pixel > 4 * MOST_GROUPS || output->width < LEAST_WIDTH ||
      window->pad_left < 0 || fitting < 0) {
    ck_conv_by_tiles(op, tiling);
    return;
  }
  const int32_t most = 1 + (int32_t)fitting / window->stride_height;
  uint8_t band[BAND_BYTES] __attribute__((aligned(64)));
  ck_conv part = *op;
  part.window.pad_top = 0;
  part.window.pad_left = 0;
  part.input.bytes = band;
  part.input.width = (int32_t)columns;
  part.input.pixel_stride = pixel;
  int32_t y = 0;
  for (int32_t bands = (output->height + most - 1) / most; bands > 0; bands--) {
    const int32_t rows = (output->height - y + bands - 1) / bands;
    part.input.height = span(rows, window->stride_height, window->kernel_height);
    copy_rows(op, y * window->stride_height - window->pad_top, part.input.height, (int32_t)columns,
              pixel, band);
    part.output.height = rows;
    part.output.bytes = output->bytes + (size_t)y * output->width * output->pixel_stride;
    ck_conv_by_tiles(&part, tiling);
    y += rows;
  }
}
