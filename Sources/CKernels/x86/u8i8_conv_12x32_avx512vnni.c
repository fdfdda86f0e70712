#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)
#include "tiled/conv_tile_lists.h"
#include "ymm.h"

// Convolution for AVX-512 with VNNI (Ice Lake, Zen 4 and later): one register holds a panel's
// weights for four inputs, one instruction adds their 64 products.

#define CK_INLINE static inline __attribute__((always_inline))

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

/// The bounds and the zero point.
typedef struct limits {
  __m512 most;
  __m512i zero, low;
} limits;

CK_INLINE limits limit16(const ck_conv *op) {
  const limits l = {_mm512_set1_ps((float)(op->high - op->zero_point)),
                    _mm512_set1_epi16(op->zero_point), _mm512_set1_epi8((char)op->low)};
  return l;
}

/// Scaled sums as integers, not above the most; far below the bounds they are some number that is
/// far below.
CK_INLINE __m512i round16(__m512i sums, const float *multiplier, limits l) {
  const __m512 scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(sums), _mm512_loadu_ps(multiplier));
  return _mm512_cvtps_epi32(_mm512_min_ps(scaled, l.most));
}

/// Packing works inside lanes of 128 bits: four vectors come out as a 4x4 transposition.
CK_INLINE __m512i pack16(const __m512i rounded[4], limits l) {
  const __m512i front = _mm512_adds_epi16(_mm512_packs_epi32(rounded[0], rounded[1]), l.zero);
  const __m512i back = _mm512_adds_epi16(_mm512_packs_epi32(rounded[2], rounded[3]), l.zero);
  const __m512i packed = _mm512_max_epu8(_mm512_packus_epi16(front, back), l.low);
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return _mm512_permutexvar_epi32(order, packed);
}

CK_INLINE void put16(uint8_t *out, __m512i bytes, const int32_t part, const int32_t size,
                     int32_t count) {
  const __m256i half =
      part * size < 32 ? _mm512_castsi512_si256(bytes) : _mm512_extracti64x4_epi64(bytes, 1);
  const __m128i quarter =
      part * size % 32 < 16 ? _mm256_castsi256_si128(half) : _mm256_extracti32x4_epi32(half, 1);
  if (size == 64 && count == size) {
    _mm512_storeu_si512(out, bytes);
  } else if (size == 64) {
    _mm512_mask_storeu_epi8(out, ((__mmask64)1 << count) - 1, bytes);
  } else if (size == 32 && count == size) {
    _mm256_storeu_si256((__m256i *)(void *)out, half);
  } else if (size == 32) {
    _mm256_mask_storeu_epi8(out, ((__mmask32)1 << count) - 1, half);
  } else if (count == size) {
    _mm_storeu_si128((__m128i *)(void *)out, quarter);
  } else {
    _mm_mask_storeu_epi8(out, (__mmask16)((1u << count) - 1), quarter);
  }
}

CK_INLINE __m256i dot8(__m256i sums, __m256i x, __m256i weights) {
  return _mm256_dpbusd_epi32(sums, x, weights);
}

#define ck_v __m512i
#define CK_V_LANES 16
#define CK_V_PANEL 16
#define CK_V_AT_ONCE 4
#define ck_v_load load16
#define ck_v_store store16
#define ck_v_weigh weigh16
#define ck_v_splat splat16
#define ck_v_dot dot16
#define ck_v_limit limit16
#define ck_v_round round16
#define ck_v_pack pack16
#define ck_v_put put16
#define CK_V_NAME(name) name##16
#include "tiled/conv_tile_sums.h"

#define ck_v __m256i
#define CK_V_LANES 8
#define CK_V_PANEL 8
#define CK_V_AT_ONCE 1
#define ck_v_load ck_load_sums_ymm
#define ck_v_store ck_store_sums_ymm
#define ck_v_weigh ck_weigh_ymm
#define ck_v_splat ck_set_ymm
#define ck_v_dot dot8
#define ck_v_limit ck_limit_ymm
#define ck_v_round ck_round_sums_ymm
#define ck_v_pack ck_pack_in_order_ymm
#define ck_v_put ck_put_ymm
#define CK_V_NAME(name) name##8
#include "tiled/conv_tile_sums.h"

CK_TILE_SUMS_12(sum16, 1)
CK_TILE_SUMS_12(sum16, 2)
CK_TILE_SUMS_6(sum16, 4)
CK_TILE_SUMS_12(sum8, 1)

void ck_u8i8_conv_12x32_avx512vnni(const ck_conv *op) {
  static const ck_tile_sum one_panel[] = {CK_TILE_LIST_12(sum16, 1)};
  static const ck_tile_sum two_panels[] = {CK_TILE_LIST_12(sum16, 2)};
  static const ck_tile_sum four_panels[] = {CK_TILE_LIST_6(sum16, 4)};
  static const ck_tile_sum half_panel[] = {CK_TILE_LIST_12(sum8, 1)};
  static const ck_tile_shape shapes[] = {{1, 16, 12, one_panel},
                                         {2, 16, 12, two_panels},
                                         {4, 16, 6, four_panels},
                                         {1, 8, 12, half_panel}};
  static const ck_tiling tiling = {shapes, 4, 1};
  ck_conv_by_padded_tiles(op, &tiling);
}
#pragma clang attribute pop
#endif
