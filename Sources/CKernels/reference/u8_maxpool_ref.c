#include "reference.h"
#include "common/window.h"

// The definition of max pooling: the largest stored value inside the image. A window that sees
// nothing of the image gives 0.

void ck_u8_maxpool_ref(const ck_pool *op) {
  for (int32_t oy = 0; oy < op->output.height; oy++) {
    for (int32_t ox = 0; ox < op->output.width; ox++) {
      const ck_extent e = ck_window_extent(&op->window, &op->input, oy, ox);
      uint8_t *out = ck_view_pixel(&op->output, oy, ox);
      for (int32_t c = 0; c < op->output.channels; c++) out[c] = 0;
      for (int32_t y = e.y_begin; y < e.y_end; y++) {
        for (int32_t x = e.x_begin; x < e.x_end; x++) {
          const uint8_t *restrict in = ck_view_pixel(&op->input, y, x);
          for (int32_t c = 0; c < op->output.channels; c++) {
            out[c] = in[c] > out[c] ? in[c] : out[c];
          }
        }
      }
    }
  }
}
