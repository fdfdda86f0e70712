#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>

// vpdpbusd on 512-bit registers: 64 multiply-accumulates an instruction, twelve independent sums.

__attribute__((target("avx512f,avx512vnni"))) uint64_t ck_peak_avx512vnni(uint64_t iterations) {
  enum { SUMS = 12 };
  __m512i sums[SUMS];
  __m512i x = _mm512_set1_epi8(1), weights = _mm512_set1_epi8(1);
  for (int i = 0; i < SUMS; i++) sums[i] = _mm512_setzero_si512();
  for (uint64_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS; i++) {
      // Opaque to the compiler: nothing may be computed once instead of every time.
      __asm__ volatile("" : "+v"(x), "+v"(weights));
      sums[i] = _mm512_dpbusd_epi32(sums[i], x, weights);
    }
  }
  for (int i = 0; i < SUMS; i++) __asm__ volatile("" ::"v"(sums[i]));
  return iterations * SUMS * 64;
}
#endif
