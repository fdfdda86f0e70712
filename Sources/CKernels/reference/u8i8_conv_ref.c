#include "common/panel.h"
#include "reference.h"

#pragma STDC FP_CONTRACT OFF

// The definition of a convolution on packed weights: one output pixel and one panel at a time.

/// sums[o] += the products of `groups` groups of four inputs with a panel's weights. `step` is 4,
/// or 0 to repeat the same four bytes (padding).
static void accumulate(int32_t *restrict sums, const uint8_t *restrict x, int32_t step,
                       const int8_t *restrict weights, int32_t width, int32_t groups) {
  for (int32_t g = 0; g < groups; g++) {
    for (int32_t o = 0; o < width; o++) {
      for (int32_t k = 0; k < 4; k++) sums[o] += (int32_t)weights[o * 4 + k] * (int32_t)x[k];
    }
    weights += width * 4;
    x += step;
  }
}

void ck_u8i8_conv_ref(const ck_conv *op) {
  const int32_t groups = ck_groups(op->input.channels);
  const int32_t channels = op->output.channels;
  const int8_t *panel = op->weights;
  for (int32_t first = 0; first < channels;) {
    const int32_t width = ck_panel_width(channels, first);
    const int32_t count = channels - first < width ? channels - first : width;
    for (int32_t oy = 0; oy < op->output.height; oy++) {
      for (int32_t ox = 0; ox < op->output.width; ox++) {
        int32_t sums[CK_PANEL_CHANNELS] = {0};
        for (int32_t o = 0; o < count; o++) sums[o] = op->bias[first + o];
        const int8_t *weights = panel;
        for (int32_t ky = 0; ky < op->window.kernel_height; ky++) {
          for (int32_t kx = 0; kx < op->window.kernel_width; kx++) {
            const uint8_t *x = ck_pixel(op, oy, ox, ky, kx);
            accumulate(sums, x ? x : op->pad, x ? 4 : 0, weights, width, groups);
            weights += (size_t)groups * width * 4;
          }
        }
        ck_store_sums(op, oy, ox, first, count, sums);
      }
    }
    panel += (size_t)op->window.kernel_height * op->window.kernel_width * groups * width * 4;
    first += width;
  }
}
