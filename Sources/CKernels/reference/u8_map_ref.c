#include "reference.h"
#include "common/window.h"

// The definition of copy and lookup. The output may be the input.

void ck_u8_map_ref(const ck_map *op) {
  for (int32_t y = 0; y < op->output.height; y++) {
    for (int32_t x = 0; x < op->output.width; x++) {
      const uint8_t *in = ck_view_pixel(&op->input, y, x);
      uint8_t *out = ck_view_pixel(&op->output, y, x);
      for (int32_t c = 0; c < op->output.channels; c++) {
        out[c] = op->table ? op->table[in[c]] : in[c];
      }
    }
  }
}
