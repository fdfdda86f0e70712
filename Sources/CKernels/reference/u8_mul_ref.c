#include "common/requantise.h"
#include "common/window.h"
#include "reference.h"

#pragma STDC FP_CONTRACT OFF

// The definition of a product of two tensors. The output may be one of them.

void ck_u8_mul_ref(const ck_mul *op) {
  const int32_t za = op->zero_point_a, zb = op->zero_point_b;
  for (int32_t y = 0; y < op->output.height; y++) {
    for (int32_t x = 0; x < op->output.width; x++) {
      const uint8_t *a = ck_view_pixel(&op->a, y, x);
      const uint8_t *b = op->repeats ? op->b.bytes : ck_view_pixel(&op->b, y, x);
      uint8_t *out = ck_view_pixel(&op->output, y, x);
      for (int32_t c = 0; c < op->output.channels; c++) {
        const int32_t product = (a[c] - za) * (b[c] - zb);
        out[c] = ck_requantise(product, op->multiplier, op->output_zero_point, op->low, op->high);
      }
    }
  }
}
