#include "reference.h"
#include "common/requantise.h"
#include "common/window.h"

#pragma STDC FP_CONTRACT OFF

// The definition of a sum of two tensors with scales of their own. The output may be one of them.

void ck_u8_add_ref(const ck_add *op) {
  const int32_t za = op->zero_point_a, zb = op->zero_point_b;
  for (int32_t y = 0; y < op->output.height; y++) {
    for (int32_t x = 0; x < op->output.width; x++) {
      const uint8_t *a = ck_view_pixel(&op->a, y, x);
      const uint8_t *b = ck_view_pixel(&op->b, y, x);
      uint8_t *out = ck_view_pixel(&op->output, y, x);
      for (int32_t c = 0; c < op->output.channels; c++) {
        const float fa = (float)(a[c] - za) * op->multiplier_a;
        const float fb = (float)(b[c] - zb) * op->multiplier_b;
        out[c] = ck_quantise(fa + fb, op->output_zero_point, op->low, op->high);
      }
    }
  }
}
