#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>

// The instructions that multiply, on registers alone.

// vpmaddubsw, vpmaddwd, vpaddd on 256-bit registers: 32 multiply-accumulates for three
// instructions, eight independent sums.
__attribute__((target("avx2"))) uint64_t ck_peak_avx2(uint64_t iterations) {
  enum { SUMS = 8 };
  __m256i sums[SUMS];
  __m256i x = _mm256_set1_epi8(1), weights = _mm256_set1_epi8(1), ones = _mm256_set1_epi16(1);
  for (int i = 0; i < SUMS; i++) sums[i] = _mm256_setzero_si256();
  for (uint64_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS; i++) {
      // Opaque to the compiler: nothing may be computed once instead of every time.
      __asm__ volatile("" : "+x"(x), "+x"(weights), "+x"(ones));
      const __m256i pairs = _mm256_maddubs_epi16(x, weights);
      sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(pairs, ones));
    }
  }
  for (int i = 0; i < SUMS; i++) __asm__ volatile("" ::"x"(sums[i]));
  return iterations * SUMS * 32;
}

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

// vpdpbusd on 256-bit registers, AVX-512 encoding: 32 multiply-accumulates an instruction.
__attribute__((target("avx2,avx512f,avx512vl,avx512vnni"))) uint64_t ck_peak_avx512vlvnni(
    uint64_t iterations) {
  enum { SUMS = 12 };
  __m256i sums[SUMS];
  __m256i x = _mm256_set1_epi8(1), weights = _mm256_set1_epi8(1);
  for (int i = 0; i < SUMS; i++) sums[i] = _mm256_setzero_si256();
  for (uint64_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS; i++) {
      // Opaque to the compiler: nothing may be computed once instead of every time.
      __asm__ volatile("" : "+v"(x), "+v"(weights));
      sums[i] = _mm256_dpbusd_epi32(sums[i], x, weights);
    }
  }
  for (int i = 0; i < SUMS; i++) __asm__ volatile("" ::"v"(sums[i]));
  return iterations * SUMS * 32;
}

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
