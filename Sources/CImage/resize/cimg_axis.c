// One axis of resizing: which pixels a cell takes, with which weights, and the inner loop along a
// row. All weights are whole numbers whose sum is the same for every cell, so nothing is rounded
// before the one division at the end.
#include "cimg_internal.h"

// Shrinking: in units of 1 / cells of a pixel, pixel j covers [j * cells, (j + 1) * cells) and cell
// i covers [i * length, (i + 1) * length). A weight is the length of the overlap; a cell's weights
// add up to `length`.
static void plan_area(cimg_axis *axis) {
  uint64_t cells = axis->cells;
  for (uint64_t i = 0; i < cells; i++) {
    uint64_t begin = i * axis->length;
    uint64_t end = begin + axis->length;
    uint64_t first = begin / cells;
    uint64_t last = (end + cells - 1) / cells - 1;
    axis->spans[i] =
        (cimg_span){.first = (uint32_t)first,
                    .last = (uint32_t)last,
                    .first_weight = (uint32_t)((first == last ? end : (first + 1) * cells) - begin),
                    .last_weight = (uint32_t)(end - last * cells)};
  }
  axis->inner_weight = axis->cells;
  axis->weight_sum = axis->length;
}

// Enlarging: the middle of cell i lies at pixel (2i + 1) * length / (2 cells) - 1/2, counted in
// middles of pixels; in units of 1 / (2 cells) that is (2i + 1) * length - cells. The two pixels
// next to it are weighted by nearness, outside the region its edge goes on; the weights add up to
// 2 * cells.
static void plan_bilinear(cimg_axis *axis) {
  int64_t unit = 2 * (int64_t)axis->cells;
  for (int64_t i = 0; i < axis->cells; i++) {
    int64_t middle = (2 * i + 1) * (int64_t)axis->length - axis->cells;
    if (middle < 0) middle = 0;
    int64_t first = middle / unit;
    int64_t fraction = middle % unit;
    bool single = fraction == 0 || first + 1 >= axis->length;
    axis->spans[i] = (cimg_span){.first = (uint32_t)first,
                                 .last = (uint32_t)(single ? first : first + 1),
                                 .first_weight = (uint32_t)(single ? unit : unit - fraction),
                                 .last_weight = (uint32_t)(single ? unit : fraction)};
  }
  axis->inner_weight = 0;
  axis->weight_sum = (uint32_t)unit;
}

void cimg_axis_plan(cimg_axis *axis) {
  axis->shrinking = axis->length >= axis->cells;
  if (axis->shrinking) {
    plan_area(axis);
  } else {
    plan_bilinear(axis);
  }
}

// A sum is at most 255 * weight_sum: 2^28 for pictures of a million pixels' width, so 32 bits hold
// it; the unweighted sum between is smaller still.
void cimg_axis_sum(const cimg_axis *axis, const uint8_t *pixels, int components, uint32_t *sums) {
  uint32_t inner = axis->inner_weight;
  const cimg_span *end = axis->spans + axis->cells;
  if (components == 1) {
    for (const cimg_span *span = axis->spans; span < end; span++) {
      uint32_t grey = pixels[span->first] * span->first_weight;
      if (span->last > span->first) {
        uint32_t between = 0;
        for (uint32_t j = span->first + 1; j < span->last; j++) between += pixels[j];
        grey += between * inner + pixels[span->last] * span->last_weight;
      }
      *sums++ = grey;
    }
    return;
  }
  for (const cimg_span *span = axis->spans; span < end; span++, sums += 3) {
    const uint8_t *pixel = pixels + 3 * (size_t)span->first;
    const uint8_t *last = pixels + 3 * (size_t)span->last;
    uint32_t red = pixel[0] * span->first_weight;
    uint32_t green = pixel[1] * span->first_weight;
    uint32_t blue = pixel[2] * span->first_weight;
    if (last > pixel) {
      uint32_t r = 0, g = 0, b = 0;
      for (pixel += 3; pixel < last; pixel += 3) {
        r += pixel[0];
        g += pixel[1];
        b += pixel[2];
      }
      red += r * inner + last[0] * span->last_weight;
      green += g * inner + last[1] * span->last_weight;
      blue += b * inner + last[2] * span->last_weight;
    }
    sums[0] = red;
    sums[1] = green;
    sums[2] = blue;
  }
}
