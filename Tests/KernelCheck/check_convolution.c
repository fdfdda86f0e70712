#include "check.h"
#include <string.h>

// Convolutions and depthwise convolutions: all shapes of tiles and panels, weights and sums at
// their limits, and operations split by rows and by panels.

enum {
  /// Products that one case may cost the reference, and one of those that Winograd is for.
  MOST_PRODUCTS = 150000,
  MOST_WINOGRAD_PRODUCTS = 800000,
};

static size_t weight_at(int32_t channel, int32_t tap, int32_t groups_of_tap, int32_t i,
                        int32_t taps, int32_t channels) {
  const int32_t first = channel / 16 * 16;
  const int32_t width = channels - first > 8 ? 16 : 8;
  const size_t group = (size_t)tap * groups_of_tap + i / 4;
  return ((size_t)first * taps * groups_of_tap + group * width + channel - first) * 4 + i % 4;
}

/// A random weight; of the filling kind `kind`.
static int8_t random_weight(uint32_t kind, int32_t index) {
  switch (kind) {
    case 0:
      return 127;
    case 1:
      return -127;
    case 2:
      return index % 2 ? 127 : -127;
    case 3:
      return (int8_t)((int32_t)below(129) - 64);
    default:
      return (int8_t)((int32_t)below(255) - 127);
  }
}

static bool pairs_fit(const int8_t *weights, size_t count) {
  for (size_t i = 0; i < count; i += 2) {
    const int32_t a = weights[i], b = weights[i + 1];
    const int32_t up = (a > 0 ? a : 0) + (b > 0 ? b : 0);
    const int32_t down = (a < 0 ? a : 0) + (b < 0 ? b : 0);
    if (up > 128 || down < -128) return false;
  }
  return true;
}

/// Fills weights and what goes with each channel: its sum, a bias that may lead to the ends of 32
/// bits, and a multiplier.
static void fill_channels(ck_conv *op, bool is_depthwise) {
  const int32_t taps = op->window.kernel_height * op->window.kernel_width;
  const int32_t inputs = is_depthwise ? 1 : op->input.channels;
  const int32_t channels = op->output.channels, groups = (op->input.channels + 3) / 4;
  const int32_t rest = channels % 16;
  const int32_t packed = channels - rest + (rest == 0 ? 0 : rest > 8 || is_depthwise ? 16 : 8);
  const size_t count = (size_t)packed * taps * (is_depthwise ? 1 : 4 * groups);
  int8_t *weights = (int8_t *)place(BLOCK_WEIGHTS, count, false);
  int32_t *bias = (int32_t *)(void *)place(BLOCK_BIAS, sizeof(int32_t) * channels, false);
  int32_t *sums = (int32_t *)(void *)place(BLOCK_SUMS, sizeof(int32_t) * channels, false);
  float *multiplier = (float *)(void *)place(BLOCK_MULTIPLIER, sizeof(float) * channels, false);
  memset(weights, 0, count);
  const uint32_t kind = below(10), scale = below(6);
  for (int32_t o = 0; o < channels; o++) {
    int64_t magnitude = 0;
    sums[o] = 0;
    for (int32_t t = 0; t < taps; t++) {
      for (int32_t i = 0; i < inputs; i++) {
        const int8_t weight = random_weight(kind, o + t + i);
        weights[is_depthwise ? (size_t)t * packed + o
                             : weight_at(o, t, groups, i, taps, channels)] = weight;
        sums[o] += weight;
        magnitude += weight < 0 ? -weight : weight;
      }
    }
    const int64_t room = INT32_MAX - 255 * magnitude;
    bias[o] = (int32_t)(rarely(8) ? room : rarely(8) ? -room : (int64_t)below(200000) - 100000);
    switch (scale) {
      case 0:
        multiplier[o] = 0x1p-64f;
        break;
      case 1:
        multiplier[o] = 0x1p32f;
        break;
      case 2:
        multiplier[o] = 1.0f / (float)(2 << below(16));
        break;
      default:
        multiplier[o] = (float)(1 + below(4000)) / (1000.0f * 30 * taps * inputs);
        break;
    }
  }
  op->weights = weights;
  op->bias = bias;
  op->weight_sums = sums;
  op->multiplier = multiplier;
  op->pairs_fit = !is_depthwise && pairs_fit(weights, count);
}

/// Runs the operation in parts, by rows and panels.
static void run_split(const ck_kernels *kernels, const ck_conv *whole, bool is_depthwise) {
  const bool by_rows = rarely(3), by_panels = !is_depthwise && rarely(3);
  const int32_t panels = (whole->output.channels + 15) / 16;
  const size_t panel_bytes = (size_t)16 * whole->window.kernel_height * whole->window.kernel_width *
                             ((whole->input.channels + 3) / 4) * 4;
  for (int32_t panel = 0, count; panel < panels; panel += count) {
    count = part_of(panels - panel, by_panels);
    for (int32_t y = 0, rows; y < whole->output.height; y += rows) {
      rows = part_of(whole->output.height - y, by_rows);
      ck_conv part = *whole;
      take_rows(&part.output, &part.window, y, rows);
      part.output.channels = lesser(16 * count, whole->output.channels - 16 * panel);
      part.output.bytes += (size_t)16 * panel * (whole->float_output ? sizeof(float) : 1);
      part.weights += panel * panel_bytes;
      part.bias += 16 * panel;
      part.weight_sums += 16 * panel;
      part.multiplier += 16 * panel;
      (is_depthwise ? kernels->u8i8_depthwise : kernels->u8i8_conv)(&part);
    }
  }
}

/// A window of 3x3 at stride 1 over enough pixels for Winograd's tiles, whole and cut off.
static window_case winograd_window(void) {
  const ck_window window = {3, 3, 1, 1, (int32_t)below(3), (int32_t)below(3)};
  window_case size = {.window = window};
  size.height = 5 + (int32_t)below(16);
  size.width = 5 + (int32_t)below(16);
  size.output_height = size.height + window.pad_top - 2 + (int32_t)below(3);
  size.output_width = size.width + window.pad_left - 2 + (int32_t)below(3);
  return size;
}

void check_convolution(const ck_kernels *reference, bool is_depthwise) {
  const int32_t inputs[] = {1,  3,  3,  4,  5,  7,   8,   11,  12,  16,  17,
                            20, 28, 32, 33, 64, 100, 132, 300, 525, 1030};
  const int32_t outputs[] = {1, 3, 4, 7, 8, 9, 12, 15, 16, 17, 23, 24, 25, 31, 32, 33, 40, 48, 70};
  const int32_t eights[] = {8, 16, 24, 32, 40, 64, 72, 128};
  window_case size;
  int32_t in, out;
  int64_t products;
  const bool is_winograd = !is_depthwise && rarely(4);
  const int64_t most = is_winograd ? MOST_WINOGRAD_PRODUCTS : MOST_PRODUCTS;
  do {
    size = is_winograd ? winograd_window() : random_window(12);
    in = is_winograd ? ONE_OF(eights) : ONE_OF(inputs);
    out = is_depthwise ? in : ONE_OF(outputs);
    products = (int64_t)size.output_height * size.output_width * size.window.kernel_height *
               size.window.kernel_width * out * (is_depthwise ? 1 : in);
  } while (products > most);
  const bool is_float = rarely(5);
  const int32_t element = is_float ? sizeof(float) : 1;
  ck_conv op = {
      .input = random_view(BLOCK_INPUT, size.height, size.width, in, 1, 4),
      .output = random_view(BLOCK_EXPECTED, size.output_height, size.output_width, out, element, 4),
      .window = size.window,
      .zero_point = (uint8_t)below(256),
      .low = rarely(2) ? 0 : (uint8_t)below(128),
      .high = rarely(2) ? 255 : (uint8_t)(128 + below(128)),
      .float_output = is_float,
  };
  fill(op.input.bytes, view_bytes(&op.input, 1, 4));
  fill(op.pad, sizeof op.pad);
  fill_channels(&op, is_depthwise);
  describe(
      "%s %dx%dx%d (stride %d) to %dx%dx%d %s (stride %d), window %dx%d, stride %d,%d, pad "
      "%d,%d",
      is_depthwise ? "depthwise" : "convolution", size.height, size.width, in,
      op.input.pixel_stride, size.output_height, size.output_width, out,
      is_float ? "float" : "uint8", op.output.pixel_stride, size.window.kernel_height,
      size.window.kernel_width, size.window.stride_height, size.window.stride_width,
      size.window.pad_top, size.window.pad_left);
  const size_t bytes = view_bytes(&op.output, element, 4);
  memset(op.output.bytes, 0xA5, bytes);
  (is_depthwise ? reference->u8i8_depthwise : reference->u8i8_conv)(&op);
  absorb(op.output.bytes, bytes);
  for (size_t i = 1; i < ck_kernels_count(); i++) {
    ck_conv call = op;
    call.output = moved_view(&op.output, BLOCK_OUTPUT, bytes);
    memset(call.output.bytes, 0xA5, bytes);
    run_split(ck_kernels_at(i), &call, is_depthwise);
    compare(ck_kernels_at(i), call.output.bytes, op.output.bytes, bytes);
  }
}
