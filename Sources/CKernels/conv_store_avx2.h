#pragma once
#include <immintrin.h>
#include <string.h>
#include "conv_tiles.h"
#include "ymm.h"

#pragma STDC FP_CONTRACT OFF

// Sums to stored bytes or logits with AVX2, for u8i8_conv_*.c with 256-bit registers, which switch
// the instruction set on. Private to CKernels.

static void ck_store_floats_avx2(const ck_conv *op, const ck_tile_output *output) {
  for (int32_t p = 0; p < output->pixels; p++) {
    const int32_t *sums = output->sums + p * output->panels * CK_PANEL_CHANNELS;
    uint8_t *out = output->bytes + (size_t)p * op->output.pixel_stride;
    for (int32_t first = 0; first < output->channels; first += 8) {
      const __m256 factors = _mm256_loadu_ps(output->multiplier + first);
      const __m256 scaled =
          _mm256_mul_ps(_mm256_cvtepi32_ps(ck_load_sums_ymm(sums + first)), factors);
      float eight[8];
      _mm256_storeu_ps(eight, scaled);
      const int32_t rest = output->channels - first;
      memcpy(out + first * 4, eight, (size_t)(rest < 8 ? rest : 8) * sizeof(float));
    }
  }
}

static void ck_store_tile_avx2(const ck_conv *op, const ck_tile_output *output) {
  if (op->float_output) {
    ck_store_floats_avx2(op, output);
    return;
  }
  const __m256 most = _mm256_set1_ps((float)(op->high - op->zero_point));
  const __m256i zero = _mm256_set1_epi16(op->zero_point);
  const __m256i low = _mm256_set1_epi8((char)op->low);
  // Packing works inside lanes of 128 bits.
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  const int32_t panels = output->panels;
  const int32_t count = output->pixels * panels;
  int32_t panel = 0;
  uint8_t *pixel = output->bytes;
  // Two panels at a time, of one pixel or of two.
  for (int32_t first = 0; first < count; first += 2) {
    __m256i rounded[4];
    uint8_t *out[2];
    int32_t rest[2];
    for (int32_t i = 0; i < 2; i++) {
      const int32_t at = first + i < count ? first + i : first;
      const int32_t *sums = output->sums + at * CK_PANEL_CHANNELS;
      const float *factors = output->multiplier + panel * CK_PANEL_CHANNELS;
      for (int32_t half = 0; half < 2; half++) {
        const __m256 scaled = _mm256_mul_ps(_mm256_cvtepi32_ps(ck_load_sums_ymm(sums + half * 8)),
                                            _mm256_loadu_ps(factors + half * 8));
        rounded[2 * i + half] = ck_round_ymm(scaled, most);
      }
      out[i] = pixel + panel * CK_PANEL_CHANNELS;
      rest[i] = first + i < count ? output->channels - panel * CK_PANEL_CHANNELS : 0;
      if (++panel == panels) {
        panel = 0;
        pixel += op->output.pixel_stride;
      }
    }
    const __m256i bytes = _mm256_permutevar8x32_epi32(ck_pack_ymm(rounded, zero, low), order);
    const __m128i halves[2] = {_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1)};
    for (int32_t i = 0; i < 2; i++) {
      if (rest[i] >= CK_PANEL_CHANNELS) {
        _mm_storeu_si128((__m128i *)(void *)out[i], halves[i]);
      } else if (rest[i] > 0) {
        uint8_t copy[CK_PANEL_CHANNELS];
        _mm_storeu_si128((__m128i *)(void *)copy, halves[i]);
        memcpy(out[i], copy, (size_t)rest[i]);
      }
    }
  }
}
