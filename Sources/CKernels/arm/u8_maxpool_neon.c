#include "arm.h"

#if defined(__aarch64__) || (defined(__arm__) && defined(__ARM_NEON))
#include "neon.h"
#include "common/window.h"

// Max pooling, 64 or 16 channels at a time; from 16 channels on the last sixteen repeat some of
// those before.

/// Channels first ..< first + 16 * vectors of one output pixel; `count` of them when fewer than 16
/// are left. `vectors` is a constant after inlining.
CK_INLINE void ck_maximum(const ck_pool *op, const ck_extent *e, uint8_t *out, int32_t first,
                          int32_t count, const int32_t vectors) {
  const size_t row_bytes = (size_t)op->input.width * op->input.pixel_stride;
  uint8x16_t most[4] = {vdupq_n_u8(0), vdupq_n_u8(0), vdupq_n_u8(0), vdupq_n_u8(0)};
  const uint8_t *row = ck_view_pixel(&op->input, e->y_begin, e->x_begin) + first;
  for (int32_t y = e->y_begin; y < e->y_end; y++, row += row_bytes) {
    const uint8_t *x = row;
    for (int32_t i = e->x_begin; i < e->x_end; i++, x += op->input.pixel_stride) {
      if (vectors == 0) {
        most[0] = vmaxq_u8(most[0], ck_load_channels(x, count));
      }
#pragma clang loop unroll(full)
      for (int32_t v = 0; v < vectors; v++) most[v] = vmaxq_u8(most[v], vld1q_u8(x + 16 * v));
    }
  }
  if (vectors == 0) ck_store_bytes(out + first, most[0], count);
#pragma clang loop unroll(full)
  for (int32_t v = 0; v < vectors; v++) vst1q_u8(out + first + 16 * v, most[v]);
}

void ck_u8_maxpool_neon(const ck_pool *op) {
  const int32_t channels = op->output.channels;
  for (int32_t oy = 0; oy < op->output.height; oy++) {
    for (int32_t ox = 0; ox < op->output.width; ox++) {
      const ck_extent e = ck_window_extent(&op->window, &op->input, oy, ox);
      uint8_t *out = ck_view_pixel(&op->output, oy, ox);
      int32_t c = 0;
      for (; c + 64 <= channels; c += 64) ck_maximum(op, &e, out, c, 64, 4);
      for (; c < channels && channels >= 16; c += 16) {
        ck_maximum(op, &e, out, c + 16 <= channels ? c : channels - 16, 16, 1);
      }
      if (c < channels) ck_maximum(op, &e, out, c, channels - c, 0);
    }
  }
}
#endif
