// What the parts of this module share.
#pragma once
#include "cimage.h"

// --- time

uint64_t cimg_clock_ns(void);

// --- errors

// Records an error unless one is recorded already: the first cause is the one to report.
void cimg_fail(cimg_error *error, int32_t code, uint64_t offset, const char *message);
void cimg_fail_sizes(cimg_error *error, int32_t code, uint64_t needed, uint64_t available);

// --- byte source

// Reads more behind a consumed buffer. False at the end of the source or after a failed read:
// cimg_fail_end says which.
bool cimg_source_refill(cimg_source *source);
void cimg_fail_end(const cimg_source *source, cimg_error *error);

// Format whose signature the bytes are, or as much of one as there is; 0 for neither.
uint8_t cimg_format_of(const uint8_t *bytes, size_t count);
// Bytes that cimg_format_of looks at.
enum { CIMG_SIGNATURE_BYTES = 8 };

// --- memory

// Bytes up to the next multiple of 64, at which every part of a decoder's memory begins.
static inline size_t cimg_padded(size_t bytes) {
  return (bytes + 63) & ~(size_t)63;
}

// --- memory of one picture

typedef struct cimg_pool {
  uint8_t *base;
  size_t size;
  size_t used;
  size_t peak;
  size_t refused;  // what `used` would have become by the allocation that did not fit, or 0
} cimg_pool;

// Everything that was taken is free again.
void cimg_pool_reset(cimg_pool *pool);
// 32-byte aligned memory that stays until the pool is reset, or NULL and `refused` is set.
void *cimg_pool_take(cimg_pool *pool, size_t bytes);
// The same for a library that gives memory back. The two kinds may be mixed.
void *cimg_pool_allocate(cimg_pool *pool, size_t bytes);
void cimg_pool_free(cimg_pool *pool, void *memory);

// --- Exif and what else is a TIFF structure

typedef struct cimg_exif_reader {
  // The next byte of the block, or -1 where it ends.
  int (*next)(void *context);
  void *context;
} cimg_exif_reader;

// Orientation (1...8) that a TIFF structure states in its first directory, else 1. Reads forwards
// only, so the block need not be held.
uint8_t cimg_exif_orientation(cimg_exif_reader reader);
// Whether an index of several pictures (CIPA DC-007) names others than the first: from which byte
// to which they lie, counted from the TIFF structure's beginning.
bool cimg_exif_attached(cimg_exif_reader reader, uint64_t *begin, uint64_t *end);

// --- resizing (docs/images.md, "Resizing")

// What one cell of the output takes of a row of pixels: the first and the last pixel with their
// weights; those between have the axis's inner weight.
typedef struct cimg_span {
  uint32_t first;
  uint32_t last;
  uint32_t first_weight;  // the whole weight where first == last
  uint32_t last_weight;
} cimg_span;

typedef struct cimg_axis {
  uint32_t start;  // of the region in the picture
  uint32_t length;
  uint32_t cells;  // of the output along this axis
  bool shrinking;  // area average, else bilinear
  uint32_t inner_weight;
  uint32_t weight_sum;
  cimg_span *spans;
} cimg_axis;

typedef struct cimg_region {
  uint32_t x, y, width, height;
} cimg_region;

typedef struct cimg_resize {
  // Set once.
  uint16_t width;
  uint16_t height;
  uint8_t order;
  uint8_t fit;
  uint16_t crop_permille;
  cimg_span *spans[2];
  uint32_t *sums[2];      // weighted sums along two rows of the picture
  uint64_t *accumulator;  // one row of cells
  // Set for each picture.
  cimg_axis x, y;
  int components;  // 1 or 3
  uint64_t *grid;  // all cells, for rows in any order; or NULL
  uint32_t next_cell;
  uint64_t divisor;  // twice the sum of all weights
  uint32_t divisor_high;
  int divisor_shift;
  uint64_t reciprocal;
  uint8_t *output;
  ptrdiff_t output_x, output_y;  // bytes from cell to cell along the picture's axes
} cimg_resize;

// Bytes that cimg_resize_layout takes from a 64-byte aligned block.
size_t cimg_resize_bytes(uint16_t width, uint16_t height);
void cimg_resize_layout(cimg_resize *resize, const cimg_options *options, uint8_t *memory);
// Region of a stored picture that becomes the input.
cimg_region cimg_resize_region(const cimg_resize *resize, uint32_t width, uint32_t height,
                               uint8_t orientation);
bool cimg_orientation_transposes(uint8_t orientation);
void cimg_resize_begin(cimg_resize *resize, uint32_t width, uint32_t height, uint8_t orientation,
                       int components, uint8_t *output);
// Memory for rows in any order: all cells are kept.
size_t cimg_resize_grid_bytes(const cimg_resize *resize);
void cimg_resize_use_grid(cimg_resize *resize, void *memory);
static inline bool cimg_resize_needs(const cimg_resize *resize, uint32_t row) {
  return row - resize->y.start < resize->y.length;
}
// One row of pixels of `components` bytes; without a grid each once, from the top.
void cimg_resize_row(cimg_resize *resize, uint32_t row, const uint8_t *pixels);
void cimg_resize_finish(cimg_resize *resize);

// Weights of an axis: cimg_axis.start and .length are set.
void cimg_axis_plan(cimg_axis *axis);
// Weighted sums of one row for every cell; `pixels` points to the region's first pixel.
void cimg_axis_sum(const cimg_axis *axis, const uint8_t *pixels, int components, uint32_t *sums);

// --- colours, in place, `count` pixels (docs/images.md, "Colours")

// Inverted CMYK, as JPEG files hold it, to RGB; 4 bytes a pixel to 3.
void cimg_color_cmyk(uint8_t *pixels, size_t count);
// RGB and alpha over an opaque background; 4 bytes a pixel to 3.
void cimg_color_composite(uint8_t *pixels, size_t count, const uint8_t background[3]);
// RGB to grey; 3 bytes a pixel to 1.
void cimg_color_grey(uint8_t *pixels, size_t count);

// --- one picture

enum { CIMG_ROW_GREY = 1, CIMG_ROW_RGB = 2, CIMG_ROW_RGBA = 3, CIMG_ROW_CMYK = 4 };

typedef struct cimg_frame {
  const cimg_options *options;
  cimg_pool *pool;
  cimg_resize *resize;
  cimg_source *source;
  cimg_info *info;
  cimg_error *error;
  uint8_t *input;
  int kind;  // CIMG_ROW_...
  // Offset up to which a picture that turns out to be damaged surely was itself: behind it may be
  // the next one's beginning.
  uint64_t sure;
  bool is_open_ended;  // whole, but without an end of its own: the same holds
} cimg_frame;

// False and the error where the picture has more pixels than allowed.
bool cimg_frame_check_pixels(cimg_frame *frame, uint32_t width, uint32_t height);
void cimg_frame_begin(cimg_frame *frame, uint32_t width, uint32_t height, int kind);
// Brings `count` pixels of the picture's kind to what is resized, in place.
void cimg_frame_convert(const cimg_frame *frame, uint8_t *pixels, size_t count);
// Converts and resizes one row from the top; changes the pixels.
void cimg_frame_row(cimg_frame *frame, uint32_t row, uint8_t *pixels, uint32_t width);
void cimg_frame_finish(cimg_frame *frame);
