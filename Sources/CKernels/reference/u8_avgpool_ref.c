#include "reference.h"
#include "common/requantise.h"
#include "common/window.h"

#pragma STDC FP_CONTRACT OFF

// The definition of average pooling. A window that sees nothing of the image gives the zero point.

void ck_u8_avgpool_ref(const ck_pool *op) {
  for (int32_t oy = 0; oy < op->output.height; oy++) {
    for (int32_t ox = 0; ox < op->output.width; ox++) {
      const ck_extent e = ck_window_extent(&op->window, &op->input, oy, ox);
      uint8_t *out = ck_view_pixel(&op->output, oy, ox);
      const int32_t rows = e.y_end > e.y_begin ? e.y_end - e.y_begin : 0;
      const int32_t columns = e.x_end > e.x_begin ? e.x_end - e.x_begin : 0;
      const int32_t seen = rows * columns;
      const int32_t whole = op->window.kernel_height * op->window.kernel_width;
      const int32_t divisor = op->counts_padding || seen == 0 ? whole : seen;
      const float multiplier = op->multiplier / (float)divisor;
      for (int32_t c = 0; c < op->output.channels; c++) {
        int32_t sum = -seen * (int32_t)op->input_zero_point;
        for (int32_t y = e.y_begin; y < e.y_end; y++) {
          for (int32_t x = e.x_begin; x < e.x_end; x++) {
            sum += ck_view_pixel(&op->input, y, x)[c];
          }
        }
        out[c] = ck_requantise(sum, multiplier, op->output_zero_point, 0, 255);
      }
    }
  }
}
