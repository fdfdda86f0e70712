#include "reference.h"
#include "x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "ymm.h"

// Depthwise convolution for AVX2: 32 channels at a time, two rows a multiplication (vpmaddwd),
// which is exact for all weights.

#define CK_INLINE static inline __attribute__((always_inline))

CK_INLINE __m256i get(const uint8_t *bytes, int32_t count) {
  if (count >= 32) return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
  uint8_t copy[32] = {0};
  memcpy(copy, bytes, (size_t)count);
  return _mm256_loadu_si256((const __m256i *)(const void *)copy);
}

CK_INLINE void put(uint8_t *bytes, int32_t count, __m256i value) {
  if (count >= 32) {
    _mm256_storeu_si256((__m256i *)(void *)bytes, value);
  } else {
    uint8_t copy[32];
    _mm256_storeu_si256((__m256i *)(void *)copy, value);
    memcpy(bytes, copy, (size_t)count);
  }
}

CK_INLINE __m256i dot(__m256i sums, __m256i x, __m256i weights) {
  return _mm256_add_epi32(sums, _mm256_madd_epi16(x, weights));
}

#define CK_V_ROWS 2
#define ck_v __m256i
#define CK_V_BYTES 32
#define CK_V_NAME(name) name##_32
#define ck_v_get get
#define ck_v_put put
#define ck_v_set ck_set_ymm
#define ck_v_weave ck_weave_words_ymm
#define ck_v_weave_weights ck_weave_signed_words_ymm
#define ck_v_dot dot
#define ck_v_finish ck_finish_ymm
#include "depthwise_columns.h"

void ck_u8i8_depthwise_4x32_avx2(const ck_conv *op) {
  if (!fits_32(op)) {
    ck_u8i8_depthwise_ref(op);
    return;
  }
  for (int32_t first = 0; first < op->output.channels; first += 32) {
    const int32_t rest = op->output.channels - first;
    convolve_32(op, first, rest < 32 ? rest : 32);
  }
}
#pragma clang attribute pop
#endif
