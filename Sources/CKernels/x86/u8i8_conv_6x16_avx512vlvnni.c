#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512vl,avx512vnni"))), \
                             apply_to = function)

// The convolution for AVX-VNNI in the encoding of AVX-512, so that CPUs without the short one can
// run the same instructions on the same registers.

static inline __attribute__((always_inline)) __m256i dot(__m256i sums, __m256i x, __m256i weights) {
  return _mm256_dpbusd_epi32(sums, x, weights);
}

#include "u8i8_conv_6x16_ymm.h"

void ck_u8i8_conv_6x16_avx512vlvnni(const ck_conv *op) {
  convolve(op);
}
#pragma clang attribute pop
#endif
