#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "conv_store_avx2.h"
#include "conv_tile_lists.h"

// Convolution for AVX2 on any weights: bytes become 16-bit numbers, whose products vpmaddwd adds in
// pairs without loss. A vector holds two sums of each of four channels, which are added when the
// tile is finished; half a panel at a time.

#define CK_INLINE static inline __attribute__((always_inline))

CK_INLINE __m256i load(const int32_t *sums) {
  return _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)(const void *)sums));
}

CK_INLINE void store(int32_t *sums, __m256i value) {
  const __m256i added = _mm256_add_epi32(value, _mm256_srli_epi64(value, 32));
  const __m256i order = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
  const __m256i ordered = _mm256_permutevar8x32_epi32(added, order);
  _mm_storeu_si128((__m128i *)(void *)sums, _mm256_castsi256_si128(ordered));
}

CK_INLINE __m256i weigh(const int8_t *weights) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)weights));
}

CK_INLINE __m256i splat(const uint8_t *x) {
  int32_t four;
  memcpy(&four, x, sizeof four);
  return _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
}

CK_INLINE __m256i dot(__m256i sums, __m256i x, __m256i weights) {
  return _mm256_add_epi32(sums, _mm256_madd_epi16(x, weights));
}

#define ck_v __m256i
#define CK_V_LANES 4
#define CK_V_PANEL 16
#define CK_V_AT_ONCE 2
#define ck_v_load load
#define ck_v_store store
#define ck_v_weigh weigh
#define ck_v_splat splat
#define ck_v_dot dot
#define CK_V_NAME(name) name##16
#include "conv_tile_sums.h"

#define ck_v __m256i
#define CK_V_LANES 4
#define CK_V_PANEL 8
#define CK_V_AT_ONCE 2
#define ck_v_load load
#define ck_v_store store
#define ck_v_weigh weigh
#define ck_v_splat splat
#define ck_v_dot dot
#define CK_V_NAME(name) name##8
#include "conv_tile_sums.h"

CK_TILE_SUMS_6(sum16, 4)
CK_TILE_SUMS_6(sum8, 2)

void ck_u8i8_conv_6x8_avx2(const ck_conv *op) {
  static const ck_tile_sum one_panel[] = {CK_TILE_LIST_6(sum16, 4)};
  static const ck_tile_sum half_panel[] = {CK_TILE_LIST_6(sum8, 2)};
  static const ck_tile_shape shapes[] = {{1, 16, 6, one_panel}, {1, 8, 6, half_panel}};
  static const ck_tiling tiling = {shapes, 2, 0, ck_store_tile_avx2};
  if (op->pairs_fit) {
    ck_u8i8_conv_6x16_avx2pairs(op);
  } else {
    ck_conv_by_tiles(op, &tiling);
  }
}
#pragma clang attribute pop
#endif
