#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#include "common/window.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "ymm.h"

// A sum of two tensors for AVX2, 32 elements at a time. The output may be one of them.

typedef struct factors {
  __m256 a, b;
  /// 2^23 + zero point.
  __m256 zero_a, zero_b;
  __m256 most;
  __m256i zero, low;
} factors;

/// 32 bytes as floats less their zero point, times the multiplier. 0x4B000000 + byte are the bits
/// of 2^23 + byte: no conversion, and the difference is exact.
CK_YMM_INLINE void scale(__m256i bytes, __m256 zero, __m256 multiplier, __m256 out[4]) {
  const __m256i exponent = _mm256_set1_epi16(0x4B00);
  const __m256i low = _mm256_unpacklo_epi8(bytes, _mm256_setzero_si256());
  const __m256i high = _mm256_unpackhi_epi8(bytes, _mm256_setzero_si256());
  const __m256i bits[4] = {
      _mm256_unpacklo_epi16(low, exponent), _mm256_unpackhi_epi16(low, exponent),
      _mm256_unpacklo_epi16(high, exponent), _mm256_unpackhi_epi16(high, exponent)};
#pragma clang loop unroll(full)
  for (int32_t j = 0; j < 4; j++) {
    out[j] = _mm256_mul_ps(_mm256_sub_ps(_mm256_castsi256_ps(bits[j]), zero), multiplier);
  }
}

CK_YMM_INLINE __m256i sum32(__m256i a, __m256i b, const factors *f) {
  __m256 fa[4], fb[4];
  scale(a, f->zero_a, f->a, fa);
  scale(b, f->zero_b, f->b, fb);
  __m256i rounded[4];
#pragma clang loop unroll(full)
  for (int32_t j = 0; j < 4; j++) {
    rounded[j] = ck_round_ymm(_mm256_add_ps(fa[j], fb[j]), f->most);
  }
  return ck_pack_ymm(rounded, f->zero, f->low);
}

static void sum_run(const uint8_t *a, const uint8_t *b, uint8_t *out, size_t count,
                    const factors *f) {
  for (; count >= 32; count -= 32, a += 32, b += 32, out += 32) {
    const __m256i va = _mm256_loadu_si256((const __m256i *)(const void *)a);
    const __m256i vb = _mm256_loadu_si256((const __m256i *)(const void *)b);
    _mm256_storeu_si256((__m256i *)(void *)out, sum32(va, vb, f));
  }
  if (count == 0) return;
  uint8_t last[3][32] = {{0}};
  memcpy(last[0], a, count);
  memcpy(last[1], b, count);
  const __m256i va = _mm256_loadu_si256((const __m256i *)(const void *)last[0]);
  const __m256i vb = _mm256_loadu_si256((const __m256i *)(const void *)last[1]);
  _mm256_storeu_si256((__m256i *)(void *)last[2], sum32(va, vb, f));
  memcpy(out, last[2], count);
}

static bool is_dense(const ck_view *view) {
  return view->pixel_stride == view->channels;
}

void ck_u8_add_avx2(const ck_add *op) {
  const float exact = 8388608;
  const factors f = {
      .a = _mm256_set1_ps(op->multiplier_a),
      .b = _mm256_set1_ps(op->multiplier_b),
      .zero_a = _mm256_set1_ps(exact + op->zero_point_a),
      .zero_b = _mm256_set1_ps(exact + op->zero_point_b),
      .most = _mm256_set1_ps((float)(op->high - op->output_zero_point)),
      .zero = _mm256_set1_epi16(op->output_zero_point),
      .low = _mm256_set1_epi8((char)op->low),
  };
  const size_t channels = (size_t)op->output.channels;
  const size_t pixels = (size_t)op->output.height * op->output.width;
  if (is_dense(&op->a) && is_dense(&op->b) && is_dense(&op->output)) {
    sum_run(op->a.bytes, op->b.bytes, op->output.bytes, pixels * channels, &f);
    return;
  }
  for (size_t p = 0; p < pixels; p++) {
    sum_run(op->a.bytes + p * op->a.pixel_stride, op->b.bytes + p * op->b.pixel_stride,
            op->output.bytes + p * op->output.pixel_stride, channels, &f);
  }
}
#pragma clang attribute pop
#endif
