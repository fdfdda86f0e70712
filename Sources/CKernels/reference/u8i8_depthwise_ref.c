#include "common/panel.h"
#include "reference.h"

#pragma STDC FP_CONTRACT OFF

// The definition of a depthwise convolution: every channel has its own window.

void ck_u8i8_depthwise_ref(const ck_conv *op) {
  const int32_t channels = op->output.channels;
  const int32_t row = (channels + CK_PANEL_CHANNELS - 1) / CK_PANEL_CHANNELS * CK_PANEL_CHANNELS;
  for (int32_t oy = 0; oy < op->output.height; oy++) {
    for (int32_t ox = 0; ox < op->output.width; ox++) {
      for (int32_t first = 0; first < channels; first += CK_PANEL_CHANNELS) {
        const int32_t rest = channels - first;
        const int32_t count = rest < CK_PANEL_CHANNELS ? rest : CK_PANEL_CHANNELS;
        int32_t sums[CK_PANEL_CHANNELS] = {0};
        for (int32_t c = 0; c < count; c++) sums[c] = op->bias[first + c];
        const int8_t *weights = op->weights + first;
        for (int32_t ky = 0; ky < op->window.kernel_height; ky++) {
          for (int32_t kx = 0; kx < op->window.kernel_width; kx++, weights += row) {
            const uint8_t *x = ck_pixel(op, oy, ox, ky, kx);
            if (x) {
              x += first;
              for (int32_t c = 0; c < count; c++) sums[c] += (int32_t)weights[c] * (int32_t)x[c];
            } else {
              for (int32_t c = 0; c < count; c++) {
                sums[c] += (int32_t)weights[c] * (int32_t)op->pad[c & 3];
              }
            }
          }
        }
        ck_store_sums(op, oy, ox, first, count, sums);
      }
    }
  }
}
