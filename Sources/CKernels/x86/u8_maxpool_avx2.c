#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#include "common/window.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

// Max pooling for AVX2, 32 channels at a time, or 16, or as many as remain.

static inline __attribute__((always_inline)) __m256i most(const uint8_t *corner, ptrdiff_t stride,
                                                          ptrdiff_t row, int32_t rows,
                                                          int32_t columns) {
  __m256i most = _mm256_setzero_si256();
  for (int32_t y = 0; y < rows; y++, corner += row) {
    for (int32_t x = 0; x < columns; x++) {
      const void *pixel = corner + x * stride;
      most = _mm256_max_epu8(most, _mm256_loadu_si256((const __m256i *)pixel));
    }
  }
  return most;
}

/// The same for the `count` < 32 channels behind which nothing may be read.
static __m256i most_of_few(const uint8_t *corner, ptrdiff_t stride, ptrdiff_t row, int32_t rows,
                           int32_t columns, int32_t count) {
  __m256i most = _mm256_setzero_si256();
  for (int32_t y = 0; y < rows; y++, corner += row) {
    for (int32_t x = 0; x < columns; x++) {
      uint8_t copy[32] = {0};
      memcpy(copy, corner + x * stride, (size_t)count);
      most = _mm256_max_epu8(most, _mm256_loadu_si256((const __m256i *)(const void *)copy));
    }
  }
  return most;
}

void ck_u8_maxpool_avx2(const ck_pool *op) {
  const int32_t channels = op->output.channels;
  const ptrdiff_t stride = op->input.pixel_stride, row = stride * op->input.width;
  for (int32_t oy = 0; oy < op->output.height; oy++) {
    for (int32_t ox = 0; ox < op->output.width; ox++) {
      const ck_extent e = ck_window_extent(&op->window, &op->input, oy, ox);
      const int32_t columns = e.x_end - e.x_begin;
      // A window that sees nothing of the image has no pixel to point at.
      const int32_t rows = columns > 0 ? e.y_end - e.y_begin : 0;
      const uint8_t *corner =
          rows > 0 ? ck_view_pixel(&op->input, e.y_begin, e.x_begin) : op->input.bytes;
      uint8_t *out = ck_view_pixel(&op->output, oy, ox);
      int32_t c = 0;
      for (; c + 32 <= channels; c += 32) {
        _mm256_storeu_si256((__m256i *)(void *)(out + c),
                            most(corner + c, stride, row, rows, columns));
      }
      if (c == channels) continue;
      uint8_t last[32];
      _mm256_storeu_si256((__m256i *)(void *)last,
                          most_of_few(corner + c, stride, row, rows, columns, channels - c));
      memcpy(out + c, last, (size_t)(channels - c));
    }
  }
}
#pragma clang attribute pop
#endif
