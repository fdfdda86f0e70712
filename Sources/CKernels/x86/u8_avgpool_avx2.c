#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#include "common/window.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "ymm.h"

// Average pooling for AVX2, 32 channels at a time.

/// What a window sees of the image, and how its sums become bytes.
typedef struct window_view {
  const uint8_t *corner;
  ptrdiff_t stride, row;
  int32_t rows, columns;
  /// -values * zero point.
  int32_t bias;
  float multiplier;
  uint8_t zero_point;
} window_view;

/// `count` channels from `first`, at most 32.
CK_YMM_INLINE __m256i average(const window_view *w, int32_t first, int32_t count) {
  const __m256i nothing = _mm256_setzero_si256();
  const __m256i bias = _mm256_set1_epi32(w->bias);
  __m256i sums[4] = {bias, bias, bias, bias};
  for (int32_t y = 0; y < w->rows; y++) {
    const uint8_t *pixel = w->corner + y * w->row + first;
    for (int32_t x = 0; x < w->columns;) {
      // 257 bytes add up to 16 bits at most.
      const int32_t end = w->columns - x > 256 ? x + 256 : w->columns;
      __m256i low = nothing, high = nothing;
      for (; x < end; x++, pixel += w->stride) {
        const __m256i bytes = ck_get_ymm(pixel, count);
        low = _mm256_add_epi16(low, _mm256_unpacklo_epi8(bytes, nothing));
        high = _mm256_add_epi16(high, _mm256_unpackhi_epi8(bytes, nothing));
      }
      sums[0] = _mm256_add_epi32(sums[0], _mm256_unpacklo_epi16(low, nothing));
      sums[1] = _mm256_add_epi32(sums[1], _mm256_unpackhi_epi16(low, nothing));
      sums[2] = _mm256_add_epi32(sums[2], _mm256_unpacklo_epi16(high, nothing));
      sums[3] = _mm256_add_epi32(sums[3], _mm256_unpackhi_epi16(high, nothing));
    }
  }
  const __m256i factor = _mm256_castps_si256(_mm256_set1_ps(w->multiplier));
  const __m256i factors[4] = {factor, factor, factor, factor};
  return ck_finish_ymm(sums, factors, w->zero_point, 0, 255);
}

void ck_u8_avgpool_avx2(const ck_pool *op) {
  const int32_t channels = op->output.channels;
  window_view w = {
      .stride = op->input.pixel_stride,
      .row = (ptrdiff_t)op->input.pixel_stride * op->input.width,
      .zero_point = op->output_zero_point,
  };
  for (int32_t oy = 0; oy < op->output.height; oy++) {
    for (int32_t ox = 0; ox < op->output.width; ox++) {
      const ck_extent e = ck_window_extent(&op->window, &op->input, oy, ox);
      w.columns = e.x_end > e.x_begin ? e.x_end - e.x_begin : 0;
      // A window that sees nothing of the image has no pixel to point at.
      w.rows = w.columns > 0 && e.y_end > e.y_begin ? e.y_end - e.y_begin : 0;
      w.corner = w.rows > 0 ? ck_view_pixel(&op->input, e.y_begin, e.x_begin) : op->input.bytes;
      const int32_t seen = w.rows * w.columns;
      const int32_t whole = op->window.kernel_height * op->window.kernel_width;
      w.multiplier = op->multiplier / (float)(op->counts_padding || seen == 0 ? whole : seen);
      w.bias = -seen * (int32_t)op->input_zero_point;
      uint8_t *out = ck_view_pixel(&op->output, oy, ox);
      for (int32_t c = 0; c < channels; c += 32) {
        // The last block overlaps the one before it.
        const int32_t count = channels < 32 ? channels : 32;
        const int32_t at = c + count <= channels ? c : channels - count;
        ck_put_first_ymm(out + at, count, average(&w, at, count));
      }
    }
  }
}
#pragma clang attribute pop
#endif
