#pragma once
#include <immintrin.h>
#include "conv_tiles.h"

#pragma STDC FP_CONTRACT OFF

// Sums to stored bytes or logits with AVX-512, for u8i8_conv_*_avx512*.c, which switch the
// instruction set on. Private to CKernels.

/// Sixteen sums as integers before the zero point is added, not above `most`; far below the bounds
/// they are some number that is far below.
static inline __attribute__((always_inline)) __m512i ck_scale_avx512(__m512i sums, __m512 factors,
                                                                     __m512 most) {
  const __m512 scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(sums), factors);
  return _mm512_cvtps_epi32(_mm512_min_ps(scaled, most));
}

static void ck_store_floats_avx512(const ck_conv *op, const ck_tile_output *output) {
  for (int32_t p = 0; p < output->pixels; p++) {
    for (int32_t panel = 0; panel < output->panels; panel++) {
      const int32_t rest = output->channels - panel * CK_PANEL_CHANNELS;
      if (rest <= 0) break;
      const __mmask16 mask = rest >= 16 ? 0xFFFF : (__mmask16)((1u << rest) - 1);
      const int32_t *sums = output->sums + (p * output->panels + panel) * CK_PANEL_CHANNELS;
      const __m512 factors = _mm512_loadu_ps(output->multiplier + panel * CK_PANEL_CHANNELS);
      uint8_t *out = output->bytes + (size_t)p * op->output.pixel_stride + panel * 64;
      _mm512_mask_storeu_ps(out, mask,
                            _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_loadu_si512(sums)), factors));
    }
  }
}

static void ck_store_tile_avx512(const ck_conv *op, const ck_tile_output *output) {
  if (op->float_output) {
    ck_store_floats_avx512(op, output);
    return;
  }
  const __m512 most = _mm512_set1_ps((float)(op->high - op->zero_point));
  const __m512i zero = _mm512_set1_epi16(op->zero_point);
  const __m512i low = _mm512_set1_epi8((char)op->low);
  // Packing works inside lanes of 128 bits: four vectors come out as a 4x4 transposition.
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const int32_t panels = output->panels;
  const int32_t vectors = output->pixels * panels;
  int32_t panel = 0;
  uint8_t *pixel = output->bytes;
  for (int32_t first = 0; first < vectors; first += 4) {
    __m512i scaled[4];
    uint8_t *out[4];
    int32_t rest[4];
    for (int32_t i = 0; i < 4; i++) {
      const int32_t v = first + i < vectors ? first + i : vectors - 1;
      const float *factors = output->multiplier + panel * CK_PANEL_CHANNELS;
      scaled[i] = ck_scale_avx512(_mm512_loadu_si512(output->sums + v * CK_PANEL_CHANNELS),
                                  _mm512_loadu_ps(factors), most);
      out[i] = pixel + panel * CK_PANEL_CHANNELS;
      rest[i] = first + i < vectors ? output->channels - panel * CK_PANEL_CHANNELS : 0;
      if (++panel == panels) {
        panel = 0;
        pixel += op->output.pixel_stride;
      }
    }
    const __m512i front = _mm512_adds_epi16(_mm512_packs_epi32(scaled[0], scaled[1]), zero);
    const __m512i back = _mm512_adds_epi16(_mm512_packs_epi32(scaled[2], scaled[3]), zero);
    const __m512i packed = _mm512_max_epu8(_mm512_packus_epi16(front, back), low);
    const __m512i bytes = _mm512_permutexvar_epi32(order, packed);
    const __m128i quarters[4] = {_mm512_castsi512_si128(bytes), _mm512_extracti32x4_epi32(bytes, 1),
                                 _mm512_extracti32x4_epi32(bytes, 2),
                                 _mm512_extracti32x4_epi32(bytes, 3)};
    for (int32_t i = 0; i < 4; i++) {
      if (rest[i] >= CK_PANEL_CHANNELS) {
        _mm_storeu_si128((__m128i *)(void *)out[i], quarters[i]);
      } else if (rest[i] > 0) {
        _mm_mask_storeu_epi8(out[i], (__mmask16)((1u << rest[i]) - 1), quarters[i]);
      }
    }
  }
}
