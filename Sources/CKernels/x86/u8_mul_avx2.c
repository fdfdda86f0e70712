#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "ymm.h"

// A product of two tensors for AVX2, 32 elements at a time. The output may be one of them.

typedef struct factors {
  __m256i zero_a, zero_b;
  __m256i multiplier[4];
  uint8_t zero, low, high;
} factors;

/// Products of 16-bit values that stay inside 17 bits, as eight and eight 32-bit numbers, woven.
CK_YMM_INLINE void multiply16(__m256i a, __m256i b, __m256i out[2]) {
  const __m256i low = _mm256_mullo_epi16(a, b), high = _mm256_mulhi_epi16(a, b);
  out[0] = _mm256_unpacklo_epi16(low, high);
  out[1] = _mm256_unpackhi_epi16(low, high);
}

CK_YMM_INLINE __m256i product32(__m256i a, __m256i b, const factors *f) {
  const __m256i nothing = _mm256_setzero_si256();
  __m256i products[4];
  multiply16(_mm256_sub_epi16(_mm256_unpacklo_epi8(a, nothing), f->zero_a),
             _mm256_sub_epi16(_mm256_unpacklo_epi8(b, nothing), f->zero_b), products);
  multiply16(_mm256_sub_epi16(_mm256_unpackhi_epi8(a, nothing), f->zero_a),
             _mm256_sub_epi16(_mm256_unpackhi_epi8(b, nothing), f->zero_b), products + 2);
  return ck_finish_ymm(products, f->multiplier, f->zero, f->low, f->high);
}

static void multiply_run(const uint8_t *a, const uint8_t *b, uint8_t *out, size_t count,
                         const factors *factors_of_op) {
  const factors f = *factors_of_op;
  for (; count >= 32; count -= 32, a += 32, b += 32, out += 32) {
    ck_put_first_ymm(out, 32, product32(ck_get_ymm(a, 32), ck_get_ymm(b, 32), &f));
  }
  if (count == 0) return;
  const int32_t rest = (int32_t)count;
  ck_put_first_ymm(out, rest, product32(ck_get_ymm(a, rest), ck_get_ymm(b, rest), &f));
}

void ck_u8_mul_avx2(const ck_mul *op) {
  const __m256i multiplier = _mm256_castps_si256(_mm256_set1_ps(op->multiplier));
  const factors f = {
      .zero_a = _mm256_set1_epi16(op->zero_point_a),
      .zero_b = _mm256_set1_epi16(op->zero_point_b),
      .multiplier = {multiplier, multiplier, multiplier, multiplier},
      .zero = op->output_zero_point,
      .low = op->low,
      .high = op->high,
  };
  const size_t channels = (size_t)op->output.channels;
  const size_t pixels = (size_t)op->output.height * op->output.width;
  const size_t step_b = op->repeats ? 0 : (size_t)op->b.pixel_stride;
  for (size_t p = 0; p < pixels; p++) {
    multiply_run(op->a.bytes + p * op->a.pixel_stride, op->b.bytes + p * step_b,
                 op->output.bytes + p * op->output.pixel_stride, channels, &f);
  }
}
#pragma clang attribute pop
#endif
