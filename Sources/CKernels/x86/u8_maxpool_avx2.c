#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#include "common/window.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

// Max pooling for AVX2. A pixel's channels are taken by the largest vector that is not more than
// they are; the last vector ends with them and repeats some of the one before.

#define CK_INLINE static inline __attribute__((always_inline))

/// The part of a window that lies inside the image. `rows` and `columns` are constants where they
/// are known.
typedef struct part {
  const uint8_t *corner;
  ptrdiff_t stride, row;
  int32_t rows, columns;
} part;

CK_INLINE __m256i most32(const part *p, int32_t channel) {
  __m256i most = _mm256_setzero_si256();
  for (int32_t y = 0; y < p->rows; y++) {
    for (int32_t x = 0; x < p->columns; x++) {
      const void *pixel = p->corner + y * p->row + x * p->stride + channel;
      most = _mm256_max_epu8(most, _mm256_loadu_si256((const __m256i *)pixel));
    }
  }
  return most;
}

/// `bytes` channels, 16, 8 or 4.
CK_INLINE __m128i most16(const part *p, int32_t channel, const int32_t bytes) {
  __m128i most = _mm_setzero_si128();
  for (int32_t y = 0; y < p->rows; y++) {
    for (int32_t x = 0; x < p->columns; x++) {
      const void *pixel = p->corner + y * p->row + x * p->stride + channel;
      const __m128i value = bytes == 16  ? _mm_loadu_si128((const __m128i *)pixel)
                            : bytes == 8 ? _mm_loadl_epi64((const __m128i *)pixel)
                                         : _mm_loadu_si32(pixel);
      most = _mm_max_epu8(most, value);
    }
  }
  return most;
}

/// Where a vector of `bytes` begins that is to begin at `c`: there, or where it ends with the
/// channels.
CK_INLINE int32_t place(int32_t c, const int32_t bytes, int32_t channels) {
  return c + bytes <= channels ? c : channels - bytes;
}

CK_INLINE void pool_pixel(const part *p, uint8_t *out, int32_t channels) {
  if (channels >= 32) {
    for (int32_t c = 0; c < channels; c += 32) {
      const int32_t at = place(c, 32, channels);
      _mm256_storeu_si256((__m256i *)(void *)(out + at), most32(p, at));
    }
  } else if (channels >= 16) {
    for (int32_t c = 0; c < channels; c += 16) {
      const int32_t at = place(c, 16, channels);
      _mm_storeu_si128((__m128i *)(void *)(out + at), most16(p, at, 16));
    }
  } else if (channels >= 8) {
    for (int32_t c = 0; c < channels; c += 8) {
      const int32_t at = place(c, 8, channels);
      _mm_storel_epi64((__m128i *)(void *)(out + at), most16(p, at, 8));
    }
  } else {
    // A pixel may be read up to the next multiple of 4.
    for (int32_t c = 0; c < channels; c += 4) {
      const int32_t four = _mm_cvtsi128_si32(most16(p, c, 4));
      memcpy(out + c, &four, (size_t)(channels - c < 4 ? channels - c : 4));
    }
  }
}

void ck_u8_maxpool_avx2(const ck_pool *op) {
  const int32_t channels = op->output.channels;
  part p = {.stride = op->input.pixel_stride};
  p.row = p.stride * op->input.width;
  for (int32_t oy = 0; oy < op->output.height; oy++) {
    for (int32_t ox = 0; ox < op->output.width; ox++) {
      const ck_extent e = ck_window_extent(&op->window, &op->input, oy, ox);
      p.columns = e.x_end - e.x_begin;
      // A window that sees nothing of the image has no pixel to point at.
      p.rows = p.columns > 0 ? e.y_end - e.y_begin : 0;
      p.corner = p.rows > 0 ? ck_view_pixel(&op->input, e.y_begin, e.x_begin) : op->input.bytes;
      uint8_t *out = ck_view_pixel(&op->output, oy, ox);
      if (p.rows == 2 && p.columns == 2) {
        const part four = {p.corner, p.stride, p.row, 2, 2};
        pool_pixel(&four, out, channels);
      } else {
        pool_pixel(&p, out, channels);
      }
    }
  }
}
#pragma clang attribute pop
#endif
