#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)
#include "conv_store_avx512.h"
#include "conv_tile_lists.h"
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
#define CK_V_NAME(name) name##16
#include "conv_tile_sums.h"

#define ck_v __m256i
#define CK_V_LANES 8
#define CK_V_PANEL 8
#define CK_V_AT_ONCE 1
#define ck_v_load ck_load_sums_ymm
#define ck_v_store ck_store_sums_ymm
#define ck_v_weigh ck_weigh_ymm
#define ck_v_splat ck_set_ymm
#define ck_v_dot dot8
#define CK_V_NAME(name) name##8
#include "conv_tile_sums.h"

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
  static const ck_tiling tiling = {shapes, 4, 1, ck_store_tile_avx512};
  ck_conv_by_tiles(op, &tiling);
}
#pragma clang attribute pop
#endif
