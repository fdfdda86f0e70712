// Rows of a picture to an input of fixed size: area average where it shrinks, bilinear where it
// grows, each axis on its own, in whole numbers with one rounding at the end, so that every
// machine gives the same bytes (docs/images.md, "Resizing").
#include <string.h>

#include "cimg_internal.h"

size_t cimg_resize_bytes(uint16_t width, uint16_t height) {
  size_t cells = width > height ? width : height;
  return 2 * cimg_padded(cells * sizeof(cimg_span)) +
         2 * cimg_padded(cells * 3 * sizeof(uint32_t)) + cimg_padded(cells * 3 * sizeof(uint64_t));
}

void cimg_resize_layout(cimg_resize *resize, const cimg_options *options, uint8_t *memory) {
  *resize = (cimg_resize){.width = options->width,
                          .height = options->height,
                          .order = options->order,
                          .fit = options->fit,
                          .crop_permille = options->crop_permille};
  // Either axis of the picture may be either of the input's.
  size_t cells = options->width > options->height ? options->width : options->height;
  for (int i = 0; i < 2; i++) {
    resize->spans[i] = (cimg_span *)memory;
    memory += cimg_padded(cells * sizeof(cimg_span));
    resize->sums[i] = (uint32_t *)memory;
    memory += cimg_padded(cells * 3 * sizeof(uint32_t));
  }
  resize->accumulator = (uint64_t *)memory;
}

// round_half_up(sum / (divisor / 2)) = floor((2 sum + divisor / 2) / divisor), at most 255.
//
// The estimate's relative error is below 2^-17 (reciprocal) + 2^-21 (two truncations), so it is
// off by at most one, and the comparison corrects it: the result is exact. 64 bits hold
// everything: sum <= 255 * 10^12 and (numerator >> shift) * reciprocal < 2^31 * 2^40 / 2^22 for
// divisors of more than 23 bits, < 2^49 for smaller ones.
static inline uint8_t divided(const cimg_resize *resize, uint64_t sum) {
  uint64_t numerator = 2 * sum + resize->divisor / 2;
  uint64_t quotient = ((numerator >> resize->divisor_shift) * resize->reciprocal) >> 40;
  uint64_t product = quotient * resize->divisor;
  if (product > numerator) {
    quotient--;
  } else if (numerator - product >= resize->divisor) {
    quotient++;
  }
  return (uint8_t)quotient;
}

static void emit(const cimg_resize *resize, uint32_t cell, const uint64_t *sums) {
  uint8_t *to = resize->output + resize->output_y * (ptrdiff_t)cell;
  for (uint32_t i = 0; i < resize->x.cells; i++, to += resize->output_x) {
    if (resize->components == 3) {
      uint8_t red = divided(resize, sums[0]);
      uint8_t blue = divided(resize, sums[2]);
      to[0] = resize->order == CIMG_BGR ? blue : red;
      to[1] = divided(resize, sums[1]);
      to[2] = resize->order == CIMG_BGR ? red : blue;
      sums += 3;
    } else {
      to[0] = divided(resize, *sums++);
      to[1] = to[2] = resize->order == CIMG_GREY ? 0 : to[0];
    }
    to[3] = 0;
  }
}

static void add(uint64_t *to, const uint32_t *sums, uint64_t weight, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] += weight * sums[i];
}

static void set(uint64_t *to, const uint32_t *sums, uint64_t weight, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] = weight * sums[i];
}

static uint32_t weight_of(const cimg_axis *axis, const cimg_span *span, uint32_t row) {
  if (row == span->first) return span->first_weight;
  return row == span->last ? span->last_weight : axis->inner_weight;
}

// Shrinking: one cell is open at a time; a row on a border closes one and opens the next.
static void row_area(cimg_resize *resize, uint32_t row, const uint32_t *sums, size_t count) {
  const cimg_axis *axis = &resize->y;
  while (resize->next_cell < axis->cells && axis->spans[resize->next_cell].first <= row) {
    const cimg_span *span = &axis->spans[resize->next_cell];
    uint32_t weight = weight_of(axis, span, row);
    (row == span->first ? set : add)(resize->accumulator, sums, weight, count);
    if (row < span->last) break;
    emit(resize, resize->next_cell++, resize->accumulator);
  }
}

// Enlarging: a cell lies between this row and the one before.
static void row_bilinear(cimg_resize *resize, uint32_t row, const uint32_t *sums,
                         const uint32_t *before, size_t count) {
  const cimg_axis *axis = &resize->y;
  while (resize->next_cell < axis->cells && axis->spans[resize->next_cell].last == row) {
    const cimg_span *span = &axis->spans[resize->next_cell];
    set(resize->accumulator, sums, span->last_weight, count);
    if (span->first < row) add(resize->accumulator, before, span->first_weight, count);
    emit(resize, resize->next_cell++, resize->accumulator);
  }
}

// Any order: the row goes to every cell that takes it.
static void row_grid(cimg_resize *resize, uint32_t row, const uint32_t *sums, size_t count) {
  const cimg_axis *axis = &resize->y;
  uint32_t low = 0, high = axis->cells;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (axis->spans[middle].last < row) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  for (; low < axis->cells && axis->spans[low].first <= row; low++)
    add(resize->grid + low * count, sums, weight_of(axis, &axis->spans[low], row), count);
}

void cimg_resize_row(cimg_resize *resize, uint32_t row, const uint8_t *pixels) {
  if (!cimg_resize_needs(resize, row)) return;
  row -= resize->y.start;
  uint32_t *sums = resize->sums[row & 1];
  size_t count = (size_t)resize->x.cells * (size_t)resize->components;
  cimg_axis_sum(&resize->x, pixels + (size_t)resize->x.start * (size_t)resize->components,
                resize->components, sums);
  if (resize->grid) {
    row_grid(resize, row, sums, count);
  } else if (resize->y.shrinking) {
    row_area(resize, row, sums, count);
  } else {
    row_bilinear(resize, row, sums, resize->sums[~row & 1], count);
  }
}

size_t cimg_resize_grid_bytes(const cimg_resize *resize) {
  return sizeof(uint64_t) * resize->x.cells * resize->y.cells * (size_t)resize->components;
}

void cimg_resize_use_grid(cimg_resize *resize, void *memory) {
  resize->grid = memory;
  memset(memory, 0, cimg_resize_grid_bytes(resize));
}

void cimg_resize_finish(cimg_resize *resize) {
  if (!resize->grid) return;
  size_t count = (size_t)resize->x.cells * (size_t)resize->components;
  for (uint32_t cell = 0; cell < resize->y.cells; cell++)
    emit(resize, cell, resize->grid + cell * count);
}
