#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

// Depthwise convolution for AVX2: two rows a multiplication (vpmaddwd), which is exact for all
// weights.

#define CK_V_ROWS 2
#define weave ck_weave_words_ymm
#define weave_weights ck_weave_signed_words_ymm

static inline __attribute__((always_inline)) __m256i dot(__m256i sums, __m256i x, __m256i weights) {
  return _mm256_add_epi32(sums, _mm256_madd_epi16(x, weights));
}

#include "u8i8_depthwise_4x32_ymm.h"

void ck_u8i8_depthwise_4x32_avx2(const ck_conv *op) {
  convolve(op);
}
#pragma clang attribute pop
#endif
