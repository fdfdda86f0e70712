#include <string.h>
#include "portable.h"

// Copy and lookup by stretches of memory as long as they come: the whole tensor where both views
// are dense, otherwise a pixel's channels. The output may be the input.

void ck_u8_map_rows(const ck_map *op) {
  const size_t channels = (size_t)op->output.channels;
  const size_t pixels = (size_t)op->output.height * op->output.width;
  const bool is_dense = op->input.pixel_stride == op->input.channels &&
                        op->output.pixel_stride == op->output.channels;
  const size_t count = is_dense ? pixels * channels : channels;
  for (size_t p = 0; p < (is_dense ? 1 : pixels); p++) {
    const uint8_t *in = op->input.bytes + p * op->input.pixel_stride;
    uint8_t *out = op->output.bytes + p * op->output.pixel_stride;
    if (!op->table) {
      memmove(out, in, count);
    } else {
      for (size_t i = 0; i < count; i++) out[i] = op->table[in[i]];
    }
  }
}
