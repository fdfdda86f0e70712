#include "reference/reference.h"
#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)

// Depthwise convolution for AVX-512 with VNNI: 64 channels at a time, four rows a multiplication,
// the last up to 32 channels in registers of half the size.

#define CK_INLINE static inline __attribute__((always_inline))

CK_INLINE __m512i get64(const uint8_t *bytes, int32_t count) {
  if (count >= 64) return _mm512_loadu_si512(bytes);
  return _mm512_maskz_loadu_epi8(((__mmask64)1 << count) - 1, bytes);
}

CK_INLINE void put64(uint8_t *bytes, int32_t count, __m512i value) {
  if (count >= 64) {
    _mm512_storeu_si512(bytes, value);
  } else {
    _mm512_mask_storeu_epi8(bytes, ((__mmask64)1 << count) - 1, value);
  }
}

CK_INLINE __m512i set64(const uint8_t *four) {
  int32_t value;
  memcpy(&value, four, sizeof value);
  return _mm512_set1_epi32(value);
}

CK_INLINE void weave64(const __m512i rows[4], __m512i out[4]) {
  const __m512i low01 = _mm512_unpacklo_epi8(rows[0], rows[1]);
  const __m512i high01 = _mm512_unpackhi_epi8(rows[0], rows[1]);
  const __m512i low23 = _mm512_unpacklo_epi8(rows[2], rows[3]);
  const __m512i high23 = _mm512_unpackhi_epi8(rows[2], rows[3]);
  out[0] = _mm512_unpacklo_epi16(low01, low23);
  out[1] = _mm512_unpackhi_epi16(low01, low23);
  out[2] = _mm512_unpacklo_epi16(high01, high23);
  out[3] = _mm512_unpackhi_epi16(high01, high23);
}

CK_INLINE __m512i dot64(__m512i sums, __m512i x, __m512i weights) {
  return _mm512_dpbusd_epi32(sums, x, weights);
}

CK_INLINE __m512i finish64(const __m512i sums[4], const __m512i multiplier[4], uint8_t zero_point,
                           uint8_t low, uint8_t high) {
  const __m512 most = _mm512_set1_ps((float)(high - zero_point));
  const __m512i zero = _mm512_set1_epi16(zero_point);
  __m512i scaled[4];
#pragma clang loop unroll(full)
  for (int32_t j = 0; j < 4; j++) {
    const __m512 product =
        _mm512_mul_ps(_mm512_cvtepi32_ps(sums[j]), _mm512_castsi512_ps(multiplier[j]));
    scaled[j] = _mm512_cvtps_epi32(_mm512_min_ps(product, most));
  }
  const __m512i front = _mm512_adds_epi16(_mm512_packs_epi32(scaled[0], scaled[1]), zero);
  const __m512i back = _mm512_adds_epi16(_mm512_packs_epi32(scaled[2], scaled[3]), zero);
  return _mm512_max_epu8(_mm512_packus_epi16(front, back), _mm512_set1_epi8((char)low));
}

CK_INLINE __m256i get32(const uint8_t *bytes, int32_t count) {
  if (count >= 32) return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
  return _mm256_maskz_loadu_epi8(((__mmask32)1 << count) - 1, bytes);
}

CK_INLINE void put32(uint8_t *bytes, int32_t count, __m256i value) {
  if (count >= 32) {
    _mm256_storeu_si256((__m256i *)(void *)bytes, value);
  } else {
    _mm256_mask_storeu_epi8(bytes, ((__mmask32)1 << count) - 1, value);
  }
}

CK_INLINE __m256i dot32(__m256i sums, __m256i x, __m256i weights) {
  return _mm256_dpbusd_epi32(sums, x, weights);
}

#include "ymm.h"

#define CK_V_ROWS 4
#define ck_v __m512i
#define CK_V_BYTES 64
#define CK_V_NAME(name) name##_64
#define ck_v_get get64
#define ck_v_put put64
#define ck_v_set set64
#define ck_v_weave weave64
#define ck_v_weave_weights weave64
#define ck_v_dot dot64
#define ck_v_finish finish64
#include "tiled/depthwise_columns.h"

#define CK_V_ROWS 4
#define ck_v __m256i
#define CK_V_BYTES 32
#define CK_V_NAME(name) name##_32
#define ck_v_get get32
#define ck_v_put put32
#define ck_v_set ck_set_ymm
#define ck_v_weave ck_weave_bytes_ymm
#define ck_v_weave_weights ck_weave_bytes_ymm
#define ck_v_dot dot32
#define ck_v_finish ck_finish_ymm
#include "tiled/depthwise_columns.h"

void ck_u8i8_depthwise_4x64_avx512vnni(const ck_conv *op) {
  if (!fits_64(op) || !fits_32(op)) {
    ck_u8i8_depthwise_ref(op);
    return;
  }
  int32_t rest;
  for (int32_t first = 0; first < op->output.channels; first += rest) {
    rest = op->output.channels - first;
    if (rest > 32) {
      if (rest > 64) rest = 64;
      convolve_64(op, first, rest);
    } else {
      convolve_32(op, first, rest);
    }
  }
}
#pragma clang attribute pop
#endif
