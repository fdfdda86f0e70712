#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

// Convolution for AVX-VNNI (Alder Lake, Zen 5 and later): vpdpbusd on 256 bits in its short
// encoding.

static inline __attribute__((always_inline)) __m256i dot(__m256i sums, __m256i x, __m256i weights) {
  return _mm256_dpbusd_avx_epi32(sums, x, weights);
}

#include "u8i8_conv_6x16_ymm.h"

void ck_u8i8_conv_6x16_avxvnni(const ck_conv *op) {
  convolve(op);
}
#pragma clang attribute pop
#endif
