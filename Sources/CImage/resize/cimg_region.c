// Which part of a stored picture becomes the input (docs/images.md, "Region").
#include "cimg_internal.h"

// What has to happen to a stored picture's axes so that it stands upright (Exif 2.32, 4.6.4 A):
// whether they are exchanged, and which of the stored axes run backwards.
typedef struct turn {
  bool transposed, flip_x, flip_y;
} turn;

static turn turn_of(uint8_t orientation) {
  static const turn turns[9] = {{0, 0, 0}, {0, 0, 0}, {0, 1, 0}, {0, 1, 1}, {0, 0, 1},
                                {1, 0, 0}, {1, 0, 1}, {1, 1, 1}, {1, 1, 0}};
  return turns[orientation <= 8 ? orientation : 0];
}

bool cimg_orientation_transposes(uint8_t orientation) {
  return turn_of(orientation).transposed;
}

// numerator / denominator rounded half up, within 1...limit.
static uint32_t rounded(uint64_t numerator, uint64_t denominator, uint32_t limit) {
  uint64_t value = (2 * numerator + denominator) / (2 * denominator);
  if (value < 1) return 1;
  return value > limit ? limit : (uint32_t)value;
}

// Products stay far below 2^64: 10^6 * 65535 * 1000 < 2^47.
cimg_region cimg_resize_region(const cimg_resize *resize, uint32_t width, uint32_t height,
                               uint8_t orientation) {
  turn turn = turn_of(orientation);
  uint64_t upright_width = turn.transposed ? height : width;
  uint64_t upright_height = turn.transposed ? width : height;
  uint64_t permille = resize->crop_permille;
  uint32_t region_width = rounded(upright_width * permille, 1000, (uint32_t)upright_width);
  uint32_t region_height = rounded(upright_height * permille, 1000, (uint32_t)upright_height);
  if (resize->fit == CIMG_COVER) {
    if (upright_width * resize->height >= upright_height * resize->width) {
      region_width = rounded(upright_height * resize->width * permille,
                             (uint64_t)resize->height * 1000, (uint32_t)upright_width);
    } else {
      region_height = rounded(upright_width * resize->height * permille,
                              (uint64_t)resize->width * 1000, (uint32_t)upright_height);
    }
  }
  uint32_t left = ((uint32_t)upright_width - region_width) / 2;
  uint32_t top = ((uint32_t)upright_height - region_height) / 2;
  cimg_region region = turn.transposed ? (cimg_region){top, left, region_height, region_width}
                                       : (cimg_region){left, top, region_width, region_height};
  if (turn.flip_x) region.x = width - region.width - region.x;
  if (turn.flip_y) region.y = height - region.height - region.y;
  return region;
}

// Where the cells of the stored picture's axes lie in the upright output.
void cimg_resize_begin(cimg_resize *resize, uint32_t width, uint32_t height, uint8_t orientation,
                       int components, uint8_t *output) {
  turn turn = turn_of(orientation);
  cimg_region region = cimg_resize_region(resize, width, height, orientation);
  ptrdiff_t line = 4 * (ptrdiff_t)resize->width;
  resize->x = (cimg_axis){.start = region.x,
                          .length = region.width,
                          .cells = turn.transposed ? resize->height : resize->width,
                          .spans = resize->spans[0]};
  resize->y = (cimg_axis){.start = region.y,
                          .length = region.height,
                          .cells = turn.transposed ? resize->width : resize->height,
                          .spans = resize->spans[1]};
  cimg_axis_plan(&resize->x);
  cimg_axis_plan(&resize->y);
  resize->output = output;
  resize->output_x = turn.transposed ? line : 4;
  resize->output_y = turn.transposed ? 4 : line;
  if (turn.flip_x) {
    resize->output += resize->output_x * (ptrdiff_t)(resize->x.cells - 1);
    resize->output_x = -resize->output_x;
  }
  if (turn.flip_y) {
    resize->output += resize->output_y * (ptrdiff_t)(resize->y.cells - 1);
    resize->output_y = -resize->output_y;
  }
  resize->components = components;
  resize->grid = NULL;
  resize->next_cell = 0;

  // For the division: the divisor's leading 23 bits and 2^40 over them.
  resize->divisor = 2 * (uint64_t)resize->x.weight_sum * resize->y.weight_sum;
  resize->divisor_shift = 0;
  while (resize->divisor >> resize->divisor_shift >= (uint64_t)1 << 23) resize->divisor_shift++;
  resize->reciprocal = ((uint64_t)1 << 40) / (resize->divisor >> resize->divisor_shift);
}
