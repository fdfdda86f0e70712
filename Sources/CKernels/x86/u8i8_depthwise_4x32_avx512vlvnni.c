#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512vl,avx512vnni"))), \
                             apply_to = function)

// The depthwise convolution for AVX-VNNI in the encoding of AVX-512.

#define CK_V_ROWS 4
#define weave ck_weave_bytes_ymm
#define weave_weights ck_weave_bytes_ymm

static inline __attribute__((always_inline)) __m256i dot(__m256i sums, __m256i x, __m256i weights) {
  return _mm256_dpbusd_epi32(sums, x, weights);
}

#include "u8i8_depthwise_4x32_ymm.h"

void ck_u8i8_depthwise_4x32_avx512vlvnni(const ck_conv *op) {
  convolve(op);
}
#pragma clang attribute pop
#endif
