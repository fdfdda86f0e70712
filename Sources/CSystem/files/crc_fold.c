#include "crc_fold.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

// Source: V. Gopal et al., Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
// Instruction, Intel 2009. A block of 128 bits moves on over n bits when both of its halves are
// multiplied by powers of x modulo the polynomial; four blocks at a time keep the multiplier busy.
// All numbers are bit-reflected, as the CRC is.

#pragma clang attribute push(__attribute__((target("pclmul,sse4.1"))), apply_to = function)

/// `block` moved on to `next` by the distance that `powers` stands for.
static inline __m128i moved(__m128i block, __m128i powers, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(block, powers, 0x00);
  const __m128i high = _mm_clmulepi64_si128(block, powers, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

static inline __m128i block_at(const uint8_t *bytes, size_t index) {
  return _mm_loadu_si128((const __m128i *)(const void *)bytes + index);
}

/// The remainder of 128 bits followed by 32 zeros.
static inline uint32_t reduced(__m128i block) {
  const __m128i by_128 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  const __m128i by_64 = _mm_set_epi64x(0, 0x163cd6124);
  // The polynomial and the quotient of x^64 by it (Barrett).
  const __m128i polynomial = _mm_set_epi64x(0x1f7011641, 0x1db710641);
  const __m128i low_words = _mm_setr_epi32(-1, 0, -1, 0);
  __m128i x = _mm_xor_si128(_mm_srli_si128(block, 8), _mm_clmulepi64_si128(block, by_128, 0x10));
  x = _mm_xor_si128(_mm_srli_si128(x, 4),
                    _mm_clmulepi64_si128(_mm_and_si128(x, low_words), by_64, 0x00));
  __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(x, low_words), polynomial, 0x10);
  quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_words), polynomial, 0x00);
  return (uint32_t)_mm_extract_epi32(_mm_xor_si128(x, quotient), 1);
}

static uint32_t fold(uint32_t crc, const uint8_t *bytes, size_t count) {
  const __m128i by_512 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
  const __m128i by_128 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  __m128i a = _mm_xor_si128(block_at(bytes, 0), _mm_cvtsi32_si128((int32_t)~crc));
  __m128i b = block_at(bytes, 1), c = block_at(bytes, 2), d = block_at(bytes, 3);
  for (bytes += 64, count -= 64; count >= 64; bytes += 64, count -= 64) {
    a = moved(a, by_512, block_at(bytes, 0));
    b = moved(b, by_512, block_at(bytes, 1));
    c = moved(c, by_512, block_at(bytes, 2));
    d = moved(d, by_512, block_at(bytes, 3));
  }
  a = moved(moved(moved(a, by_128, b), by_128, c), by_128, d);
  return ~reduced(a);
}
#pragma clang attribute pop

static bool can_fold(void) {
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_PCLMUL) && (c & bit_SSE4_1);
}

#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>

__attribute__((target("crc"))) static uint32_t fold(uint32_t crc, const uint8_t *bytes,
                                                    size_t count) {
  crc = ~crc;
  for (size_t i = 0; i < count; i += 8) {
    uint64_t eight;
    memcpy(&eight, bytes + i, sizeof eight);
    crc = __crc32d(crc, eight);
  }
  return ~crc;
}

static bool can_fold(void) {
  return getauxval(AT_HWCAP) & HWCAP_CRC32;
}

#else
static uint32_t fold(uint32_t crc, const uint8_t *bytes, size_t count) {
  (void)bytes, (void)count;
  return crc;
}

static bool can_fold(void) {
  return false;
}
#endif

/// 1 for yes, 2 for no, 0 for not asked yet.
static _Atomic int answer;

size_t crc_fold(uint32_t *crc, const uint8_t *bytes, size_t count) {
  if (count < 64) return 0;
  int known = atomic_load_explicit(&answer, memory_order_relaxed);
  if (known == 0) {
    known = can_fold() ? 1 : 2;
    atomic_store_explicit(&answer, known, memory_order_relaxed);
  }
  if (known == 2) return 0;
  const size_t whole = count & ~(size_t)63;
  *crc = fold(*crc, bytes, whole);
  return whole;
}
