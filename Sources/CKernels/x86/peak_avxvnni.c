#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>

// vpdpbusd on 256-bit registers, short encoding: 32 multiply-accumulates an instruction, twelve
// sums.
__attribute__((target("avx2,avxvnni"))) uint64_t ck_peak_avxvnni(uint64_t iterations) {
  enum { SUMS = 12 };
  __m256i sums[SUMS];
  __m256i x = _mm256_set1_epi8(1), weights = _mm256_set1_epi8(1);
  for (int i = 0; i < SUMS; i++) sums[i] = _mm256_setzero_si256();
  for (uint64_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS; i++) {
      // Opaque to the compiler: nothing may be computed once instead of every time.
      __asm__ volatile("" : "+x"(x), "+x"(weights));
      sums[i] = _mm256_dpbusd_avx_epi32(sums[i], x, weights);
    }
  }
  for (int i = 0; i < SUMS; i++) __asm__ volatile("" ::"x"(sums[i]));
  return iterations * SUMS * 32;
}
#endif
