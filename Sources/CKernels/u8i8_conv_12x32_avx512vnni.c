#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)
#include "u8i8_conv_tile_sums.h"
#include "conv_store_avx512.h"

// Convolution for AVX-512 with VNNI (Ice Lake, Zen 4 and later): one register holds a panel's
// weights for four inputs, one instruction adds their 64 products.

CK_INLINE __m512i load16(const int32_t *sums) {
  return _mm512_loadu_si512(sums);
}

CK_INLINE void store16(int32_t *sums, __m512i value) {
  _mm512_storeu_si512(sums, value);
}

CK_INLINE __m512i weigh16(const int8_t *weights) {
  return _mm512_loadu_si512(weights);
}

CK_INLINE __m512i splat16(const uint8_t *x) {
  int32_t four;
  memcpy(&four, x, sizeof four);
  return _mm512_set1_epi32(four);
}

CK_INLINE __m512i dot16(__m512i sums, __m512i x, __m512i weights) {
  return _mm512_dpbusd_epi32(sums, x, weights);
}

CK_INLINE __m256i load8(const int32_t *sums) {
  return _mm256_loadu_si256((const __m256i *)(const void *)sums);
}

CK_INLINE void store8(int32_t *sums, __m256i value) {
  _mm256_storeu_si256((__m256i *)(void *)sums, value);
}

CK_INLINE __m256i weigh8(const int8_t *weights) {
  return _mm256_loadu_si256((const __m256i *)(const void *)weights);
}

CK_INLINE __m256i splat8(const uint8_t *x) {
  int32_t four;
  memcpy(&four, x, sizeof four);
  return _mm256_set1_epi32(four);
}

CK_INLINE __m256i dot8(__m256i sums, __m256i x, __m256i weights) {
  return _mm256_dpbusd_epi32(sums, x, weights);
}

CK_TILE_SUM_BODY(sum16, __m512i, 16, 16, load16, store16, weigh16, splat16, dot16)
CK_TILE_SUM_BODY(sum8, __m256i, 8, 8, load8, store8, weigh8, splat8, dot8)
CK_TILE_SUMS_24(sum16, 1)
CK_TILE_SUMS_12(sum16, 2)
CK_TILE_SUMS_6(sum16, 4)
CK_TILE_SUMS_24(sum8, 1)

static const ck_tile_sum one_panel[] = {CK_TILE_LIST_24(sum16, 1)};
static const ck_tile_sum two_panels[] = {CK_TILE_LIST_12(sum16, 2)};
static const ck_tile_sum four_panels[] = {CK_TILE_LIST_6(sum16, 4)};
static const ck_tile_sum half_panel[] = {CK_TILE_LIST_24(sum8, 1)};

void ck_u8i8_conv_12x32_avx512vnni(const ck_conv *op) {
  static const ck_tile_shape shapes[] = {
      {1, 16, 24, one_panel},
      {2, 16, 12, two_panels},
      {4, 16, 6, four_panels},
      {1, 8, 24, half_panel},
  };
  static const ck_tiling tiling = {shapes, 4, ck_store_tile_avx512};
  ck_conv_by_tiles(op, &tiling);
}
#pragma clang attribute pop
#endif
