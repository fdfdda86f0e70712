#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

// Convolution for AVX2 on weights whose pairs fit (ck_conv.pairs_fit): vpmaddubsw doesn't saturate
// then, and vpmaddwd with ones adds its pairs of sums.

static inline __attribute__((always_inline)) __m256i dot(__m256i sums, __m256i x, __m256i weights) {
  const __m256i pairs = _mm256_maddubs_epi16(x, weights);
  return _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

#include "u8i8_conv_6x16_ymm.h"

void ck_u8i8_conv_6x16_avx2pairs(const ck_conv *op) {
  convolve(op);
}
#pragma clang attribute pop
#endif
