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

/// A tile's bytes, `panels` a power of two up to 4: the four vectors of one pixel, of two or of
/// four pixels at a time. The sums have room for whole fours.
static inline __attribute__((always_inline)) void ck_store_bytes_avx512(
    const ck_conv *op, const ck_tile_output *output, const int32_t panels) {
  const __m512 most = _mm512_set1_ps((float)(op->high - op->zero_point));
  const __m512i zero = _mm512_set1_epi16(op->zero_point);
  const __m512i low = _mm512_set1_epi8((char)op->low);
  // Packing works inside lanes of 128 bits: four vectors come out as a 4x4 transposition.
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  __m512 factors[4];
#pragma clang loop unroll(full)
  for (int32_t i = 0; i < 4; i++) {
    factors[i] = _mm512_loadu_ps(output->multiplier + i % panels * CK_PANEL_CHANNELS);
  }
  // Bytes of a pixel, and which of all 64 they are.
  const int32_t channels = output->channels;
  const __mmask64 mask = channels >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << channels) - 1;
  const bool is_whole = channels == panels * CK_PANEL_CHANNELS;
  const int32_t *sums = output->sums;
  uint8_t *out = output->bytes;
  const ptrdiff_t stride = op->output.pixel_stride;
  for (int32_t p = 0; p < output->pixels; p += 4 / panels, sums += 64) {
    __m512i scaled[4];
#pragma clang loop unroll(full)
    for (int32_t i = 0; i < 4; i++) {
      scaled[i] = ck_scale_avx512(_mm512_loadu_si512(sums + 16 * i), factors[i], most);
    }
    const __m512i front = _mm512_adds_epi16(_mm512_packs_epi32(scaled[0], scaled[1]), zero);
    const __m512i back = _mm512_adds_epi16(_mm512_packs_epi32(scaled[2], scaled[3]), zero);
    const __m512i packed = _mm512_max_epu8(_mm512_packus_epi16(front, back), low);
    const __m512i bytes = _mm512_permutexvar_epi32(order, packed);
    const bool is_last = output->pixels - p < 4 / panels;
    if (panels == 4) {
      _mm512_mask_storeu_epi8(out, mask, bytes);
      out += stride;
    } else if (panels == 2) {
      const __m256i second = _mm512_extracti64x4_epi64(bytes, 1);
      _mm256_mask_storeu_epi8(out, (__mmask32)mask, _mm512_castsi512_si256(bytes));
      if (!is_last) _mm256_mask_storeu_epi8(out + stride, (__mmask32)mask, second);
      out += 2 * stride;
    } else {
      const __m128i quarters[4] = {
          _mm512_castsi512_si128(bytes), _mm512_extracti32x4_epi32(bytes, 1),
          _mm512_extracti32x4_epi32(bytes, 2), _mm512_extracti32x4_epi32(bytes, 3)};
#pragma clang loop unroll(full)
      for (int32_t i = 0; i < 4; i++, out += stride) {
        if (is_last && p + i >= output->pixels) continue;
        if (is_whole) {
          _mm_storeu_si128((__m128i *)(void *)out, quarters[i]);
        } else {
          _mm_mask_storeu_epi8(out, (__mmask16)mask, quarters[i]);
        }
      }
    }
  }
}

static void ck_store_tile_avx512(const ck_conv *op, const ck_tile_output *output) {
  if (op->float_output) {
    ck_store_floats_avx512(op, output);
  } else if (output->panels == 4) {
    ck_store_bytes_avx512(op, output, 4);
  } else if (output->panels == 2) {
    ck_store_bytes_avx512(op, output, 2);
  } else {
    ck_store_bytes_avx512(op, output, 1);
  }
}
