#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "tiled/conv_tile_lists.h"
#include "ymm.h"

// Convolution for AVX2 on any weights: bytes become 16-bit numbers, whose products vpmaddwd adds in
// pairs without loss. A vector holds two sums of each of four channels, which are added when the
// tile is finished; half a panel at a time.

#define CK_INLINE static inline __attribute__((always_inline))

/// Eight channels in two vectors, or their weights in two.
typedef struct eight {
  __m256i front, back;
} eight;

CK_INLINE eight load(const int32_t *sums) {
  const __m128i *four = (const __m128i *)(const void *)sums;
  const eight value = {_mm256_cvtepu32_epi64(_mm_loadu_si128(four)),
                       _mm256_cvtepu32_epi64(_mm_loadu_si128(four + 1))};
  return value;
}

/// The two sums of every channel added.
CK_INLINE __m256i join(eight value) {
  return _mm256_permute4x64_epi64(_mm256_hadd_epi32(value.front, value.back), 0xD8);
}

CK_INLINE void store(int32_t *sums, eight value) {
  ck_store_sums_ymm(sums, join(value));
}

CK_INLINE eight weigh(const int8_t *weights) {
  const __m128i *sixteen = (const __m128i *)(const void *)weights;
  const eight value = {_mm256_cvtepi8_epi16(_mm_loadu_si128(sixteen)),
                       _mm256_cvtepi8_epi16(_mm_loadu_si128(sixteen + 1))};
  return value;
}

CK_INLINE __m256i splat(const uint8_t *x) {
  int32_t four;
  memcpy(&four, x, sizeof four);
  return _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
}

CK_INLINE eight dot(eight sums, __m256i x, eight weights) {
  sums.front = _mm256_add_epi32(sums.front, _mm256_madd_epi16(x, weights.front));
  sums.back = _mm256_add_epi32(sums.back, _mm256_madd_epi16(x, weights.back));
  return sums;
}

CK_INLINE __m256i round_joined(eight sums, const float *multiplier, ck_limits_ymm limits) {
  return ck_round_sums_ymm(join(sums), multiplier, limits);
}

#define ck_v eight
#define CK_V_LANES 8
#define CK_V_PANEL 16
#define CK_V_AT_ONCE 1
#define ck_v_load load
#define ck_v_store store
#define ck_v_weigh weigh
#define ck_v_splat splat
#define ck_v_dot dot
#define ck_v_limit ck_limit_ymm
#define ck_v_round round_joined
#define ck_v_pack ck_pack_in_order_ymm
#define ck_v_put ck_put_ymm
#define CK_V_NAME(name) name##16
#include "tiled/conv_tile_sums.h"

#define ck_v eight
#define CK_V_LANES 8
#define CK_V_PANEL 8
#define CK_V_AT_ONCE 1
#define ck_v_load load
#define ck_v_store store
#define ck_v_weigh weigh
#define ck_v_splat splat
#define ck_v_dot dot
#define ck_v_limit ck_limit_ymm
#define ck_v_round round_joined
#define ck_v_pack ck_pack_in_order_ymm
#define ck_v_put ck_put_ymm
#define CK_V_NAME(name) name##8
#include "tiled/conv_tile_sums.h"

CK_TILE_SUMS_6(sum16, 2)
CK_TILE_SUMS_6(sum8, 1)

void ck_u8i8_conv_6x8_avx2(const ck_conv *op) {
  static const ck_tile_sum one_panel[] = {CK_TILE_LIST_6(sum16, 2)};
  static const ck_tile_sum half_panel[] = {CK_TILE_LIST_6(sum8, 1)};
  static const ck_tile_shape shapes[] = {{1, 16, 6, one_panel}, {1, 8, 6, half_panel}};
  static const ck_tiling tiling = {shapes, 2, 0};
  if (op->pairs_fit) {
    ck_u8i8_conv_6x16_avx2pairs(op);
  } else {
    ck_conv_by_padded_tiles(op, &tiling);
  }
}
#pragma clang attribute pop
#endif
