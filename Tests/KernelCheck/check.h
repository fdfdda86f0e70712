#pragma once
#include <ckernels.h>
#include <stdio.h>

// Every table of kernels against the reference on random operations: what the files of this program
// share.

/// A number in 0 ..< count, count > 0, by SplitMix64 (Steele, Lea, Flood 2014): the same on every
/// machine.
uint32_t below(uint32_t count);

/// Begins the numbers of case `number` anew: how many were drawn before depends on the tables that
/// a machine has, the operations must not.
void begin_case(uint32_t number);

/// One of the elements of an array.
#define ONE_OF(ARRAY) ((ARRAY)[below(sizeof(ARRAY) / sizeof *(ARRAY))])

/// True once in `count` times.
static inline bool rarely(uint32_t count) {
  return below(count) == 0;
}

static inline int32_t lesser(int32_t a, int32_t b) {
  return a < b ? a : b;
}

static inline int32_t round_up(int32_t value, int32_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// Blocks of memory between pages that can't be accessed, one for each thing that an operation
/// names.
typedef enum block {
  BLOCK_INPUT,
  BLOCK_SECOND,
  BLOCK_WEIGHTS,
  BLOCK_BIAS,
  BLOCK_SUMS,
  BLOCK_MULTIPLIER,
  BLOCK_OUTPUT,
  BLOCK_EXPECTED,
  BLOCK_COUNT
} block;

enum { BLOCK_BYTES = 1 << 21 };

/// Maps the blocks; exits where that fails.
void map_blocks(void);

/// `bytes` bytes of a block, at most BLOCK_BYTES, that end at the page behind it, or, if
/// `at_start`, begin at the page before.
uint8_t *place(block which, size_t bytes, bool at_start);

/// Fills bytes with noise, one value, or extremes in turn.
void fill(uint8_t *bytes, size_t count);

/// Random views of one image: the pixel stride holds the channels and perhaps somebody else's. The
/// last pixel ends with its channels, rounded up to `multiple` bytes.
ck_view random_view(block which, int32_t height, int32_t width, int32_t channels,
                    int32_t element_bytes, int32_t multiple);

/// The bytes from a view's first to its last.
size_t view_bytes(const ck_view *view, int32_t element_bytes, int32_t multiple);

/// The same view elsewhere.
ck_view moved_view(const ck_view *view, block which, size_t bytes);

/// A random window, its output's size and a size of input that it fits.
typedef struct window_case {
  ck_window window;
  int32_t height, width, output_height, output_width;
} window_case;
window_case random_window(int32_t most_kernel);

/// What is being computed, for messages.
void describe(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// Compares an output with what was expected, all bytes from the first channel of the first pixel
/// to the last, and counts.
void compare(const ck_kernels *kernels, const uint8_t *found, const uint8_t *expected,
             size_t bytes);

/// Takes an answer of the reference into the digest that all machines must agree on.
void absorb(const uint8_t *bytes, size_t count);

/// Row `y` and the `height` rows of an output behind it, as callers split an operation among
/// threads.
static inline void take_rows(ck_view *output, ck_window *window, int32_t y, int32_t height) {
  output->bytes += (size_t)y * output->width * output->pixel_stride;
  output->height = height;
  if (window) window->pad_top -= y * window->stride_height;
}

/// How many rows the next part of an operation takes when `left` are left: all, or fewer.
static inline int32_t part_of(int32_t left, bool is_split) {
  return is_split ? 1 + (int32_t)below((uint32_t)left) : left;
}

// One random operation each, by every table.
void check_convolution(const ck_kernels *reference, bool is_depthwise);
void check_pool(const ck_kernels *reference, bool is_average);
void check_add(const ck_kernels *reference);
void check_mul(const ck_kernels *reference);
void check_map(const ck_kernels *reference);
