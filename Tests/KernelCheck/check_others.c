#include "check.h"
#include <string.h>

// Pooling, sums, products and maps.

static const int32_t channel_counts[] = {1,  3,  4,  5,  8,  11, 15, 16,  17,
                                         20, 32, 33, 48, 63, 64, 65, 100, 150};

void check_pool(const ck_kernels *reference, bool is_average) {
  window_case size = random_window(9);
  if (rarely(30)) {
    // One row of more values than 16-bit sums hold.
    const window_case line = {{1, 700, 1, 1, 0, 0}, 1, 700, 1, 1};
    size = line;
  }
  const int32_t channels = ONE_OF(channel_counts);
  ck_pool op = {
      .input = random_view(BLOCK_INPUT, size.height, size.width, channels, 1, 4),
      .output = random_view(BLOCK_EXPECTED, size.output_height, size.output_width, channels, 1, 4),
      .window = size.window,
      .multiplier = rarely(4) ? 1.0f : (float)(1 + below(5000)) / 1000,
      .input_zero_point = (uint8_t)below(256),
      .output_zero_point = (uint8_t)below(256),
      .counts_padding = rarely(2),
  };
  fill(op.input.bytes, view_bytes(&op.input, 1, 4));
  describe("%s %dx%dx%d (stride %d) to %dx%d (stride %d), window %dx%d, stride %d,%d, pad %d,%d",
           is_average ? "average pool" : "max pool", size.height, size.width, channels,
           op.input.pixel_stride, size.output_height, size.output_width, op.output.pixel_stride,
           size.window.kernel_height, size.window.kernel_width, size.window.stride_height,
           size.window.stride_width, size.window.pad_top, size.window.pad_left);
  const size_t bytes = view_bytes(&op.output, 1, 4);
  memset(op.output.bytes, 0xA5, bytes);
  (is_average ? reference->u8_avgpool : reference->u8_maxpool)(&op);
  absorb(op.output.bytes, bytes);
  const bool is_split = rarely(2);
  for (size_t i = 1; i < ck_kernels_count(); i++) {
    const ck_kernels *kernels = ck_kernels_at(i);
    const ck_view output = moved_view(&op.output, BLOCK_OUTPUT, bytes);
    memset(output.bytes, 0xA5, bytes);
    for (int32_t y = 0, rows; y < size.output_height; y += rows) {
      rows = part_of(size.output_height - y, is_split);
      ck_pool part = op;
      part.output = output;
      take_rows(&part.output, &part.window, y, rows);
      (is_average ? kernels->u8_avgpool : kernels->u8_maxpool)(&part);
    }
    compare(kernels, output.bytes, op.output.bytes, bytes);
  }
}

static float random_ratio(void) {
  // Halves and quarters give ties.
  const float ratios[] = {0.25f, 0.5f, 1.0f, 0x1p-64f, 0x1p32f};
  return rarely(3) ? ONE_OF(ratios) : (float)(1 + below(3000)) / 1024;
}

void check_add(const ck_kernels *reference) {
  const int32_t height = 1 + (int32_t)below(5), width = 1 + (int32_t)below(6);
  const int32_t channels = ONE_OF(channel_counts);
  ck_add op = {
      .a = random_view(BLOCK_INPUT, height, width, channels, 1, 4),
      .b = random_view(BLOCK_SECOND, height, width, channels, 1, 4),
      .output = random_view(BLOCK_EXPECTED, height, width, channels, 1, 4),
      .multiplier_a = random_ratio(),
      .multiplier_b = random_ratio(),
      .zero_point_a = (uint8_t)below(256),
      .zero_point_b = (uint8_t)below(256),
      .output_zero_point = (uint8_t)below(256),
      .low = rarely(2) ? 0 : (uint8_t)below(128),
      .high = rarely(2) ? 255 : (uint8_t)(128 + below(128)),
  };
  fill(op.a.bytes, view_bytes(&op.a, 1, 4));
  fill(op.b.bytes, view_bytes(&op.b, 1, 4));
  describe("add %dx%dx%d (strides %d, %d, %d)", height, width, channels, op.a.pixel_stride,
           op.b.pixel_stride, op.output.pixel_stride);
  const size_t bytes = view_bytes(&op.output, 1, 4);
  memset(op.output.bytes, 0xA5, bytes);
  reference->u8_add(&op);
  absorb(op.output.bytes, bytes);
  const bool in_place = rarely(3);
  for (size_t i = 1; i < ck_kernels_count(); i++) {
    ck_add call = op;
    call.output = moved_view(&op.output, BLOCK_OUTPUT, bytes);
    memset(call.output.bytes, 0xA5, bytes);
    if (in_place) {
      // The output is the first summand.
      for (int32_t p = 0; p < height * width; p++) {
        memcpy(call.output.bytes + (size_t)p * call.output.pixel_stride,
               op.a.bytes + (size_t)p * op.a.pixel_stride, (size_t)channels);
      }
      call.a = call.output;
    }
    ck_kernels_at(i)->u8_add(&call);
    compare(ck_kernels_at(i), call.output.bytes, op.output.bytes, bytes);
  }
}

void check_mul(const ck_kernels *reference) {
  const int32_t height = 1 + (int32_t)below(5), width = 1 + (int32_t)below(6);
  const int32_t channels = ONE_OF(channel_counts);
  const bool repeats = rarely(2);
  ck_mul op = {
      .a = random_view(BLOCK_INPUT, height, width, channels, 1, 4),
      .b = random_view(BLOCK_SECOND, repeats ? 1 : height, repeats ? 1 : width, channels, 1, 4),
      .output = random_view(BLOCK_EXPECTED, height, width, channels, 1, 4),
      .repeats = repeats,
      .multiplier = random_ratio() / (rarely(2) ? 1 : 256),
      .zero_point_a = (uint8_t)below(256),
      .zero_point_b = (uint8_t)below(256),
      .output_zero_point = (uint8_t)below(256),
      .low = rarely(2) ? 0 : (uint8_t)below(128),
      .high = rarely(2) ? 255 : (uint8_t)(128 + below(128)),
  };
  fill(op.a.bytes, view_bytes(&op.a, 1, 4));
  fill(op.b.bytes, view_bytes(&op.b, 1, 4));
  describe("multiply %dx%dx%d by %s (strides %d, %d, %d)", height, width, channels,
           repeats ? "a pixel" : "as many", op.a.pixel_stride, op.b.pixel_stride,
           op.output.pixel_stride);
  const size_t bytes = view_bytes(&op.output, 1, 4);
  memset(op.output.bytes, 0xA5, bytes);
  reference->u8_mul(&op);
  absorb(op.output.bytes, bytes);
  for (size_t i = 1; i < ck_kernels_count(); i++) {
    ck_mul call = op;
    call.output = moved_view(&op.output, BLOCK_OUTPUT, bytes);
    memset(call.output.bytes, 0xA5, bytes);
    ck_kernels_at(i)->u8_mul(&call);
    compare(ck_kernels_at(i), call.output.bytes, op.output.bytes, bytes);
  }
}

void check_map(const ck_kernels *reference) {
  const int32_t height = 1 + (int32_t)below(5), width = 1 + (int32_t)below(6);
  const int32_t channels = ONE_OF(channel_counts);
  uint8_t *table = place(BLOCK_WEIGHTS, 256, false);
  for (int32_t i = 0; i < 256; i++) table[i] = (uint8_t)below(256);
  ck_map op = {
      .input = random_view(BLOCK_INPUT, height, width, channels, 1, 4),
      .output = random_view(BLOCK_EXPECTED, height, width, channels, 1, rarely(2) ? 1 : 4),
      .table = rarely(2) ? table : NULL,
  };
  fill(op.input.bytes, view_bytes(&op.input, 1, 4));
  describe("%s %dx%dx%d (strides %d, %d)", op.table ? "lookup" : "copy", height, width, channels,
           op.input.pixel_stride, op.output.pixel_stride);
  const size_t bytes = view_bytes(&op.output, 1, 1);
  memset(op.output.bytes, 0xA5, bytes);
  reference->u8_map(&op);
  absorb(op.output.bytes, bytes);
  for (size_t i = 1; i < ck_kernels_count(); i++) {
    ck_map call = op;
    call.output = moved_view(&op.output, BLOCK_OUTPUT, bytes);
    memset(call.output.bytes, 0xA5, bytes);
    ck_kernels_at(i)->u8_map(&call);
    compare(ck_kernels_at(i), call.output.bytes, op.output.bytes, bytes);
  }
}
