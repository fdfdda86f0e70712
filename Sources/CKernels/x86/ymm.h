#pragma once
#include <immintrin.h>
#include <string.h>
#include "ckernels.h"

#pragma STDC FP_CONTRACT OFF

// Bytes of neighbouring rows beside each other, and sums back to bytes, in 256-bit registers; for
// kernels that switch AVX2 on. Private to CKernels.

#define CK_YMM_INLINE static inline __attribute__((always_inline))

CK_YMM_INLINE __m256i ck_set_ymm(const uint8_t *four) {
  int32_t value;
  memcpy(&value, four, sizeof value);
  return _mm256_set1_epi32(value);
}

/// `count` bytes and zeros behind them; up to the next multiple of 4 is read, no more.
CK_YMM_INLINE __m256i ck_get_ymm(const uint8_t *bytes, int32_t count) {
  if (count >= 32) return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
  const __m256i index = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28);
  const __m256i wanted = _mm256_cmpgt_epi32(_mm256_set1_epi32(count), index);
  return _mm256_maskload_epi32((const int *)(const void *)bytes, wanted);
}

/// The first `count` < 32 of the bytes at `from`. From four on the last vector ends with them and
/// may repeat some of the one before.
CK_YMM_INLINE void ck_put_some(uint8_t *bytes, int32_t count, const uint8_t *from) {
  if (count >= 16) {
    memcpy(bytes, from, 16);
    memcpy(bytes + count - 16, from + count - 16, 16);
  } else if (count >= 8) {
    memcpy(bytes, from, 8);
    memcpy(bytes + count - 8, from + count - 8, 8);
  } else if (count >= 4) {
    memcpy(bytes, from, 4);
    memcpy(bytes + count - 4, from + count - 4, 4);
  } else {
    for (int32_t i = 0; i < count; i++) bytes[i] = from[i];
  }
}

/// The first `count` bytes.
CK_YMM_INLINE void ck_put_first_ymm(uint8_t *bytes, int32_t count, __m256i value) {
  if (count >= 32) {
    _mm256_storeu_si256((__m256i *)(void *)bytes, value);
  } else if (count == 16) {
    _mm_storeu_si128((__m128i *)(void *)bytes, _mm256_castsi256_si128(value));
  } else {
    uint8_t copy[32];
    _mm256_storeu_si256((__m256i *)(void *)copy, value);
    ck_put_some(bytes, count, copy);
  }
}

CK_YMM_INLINE __m256i ck_load_sums_ymm(const int32_t *sums) {
  return _mm256_loadu_si256((const __m256i *)(const void *)sums);
}

CK_YMM_INLINE void ck_store_sums_ymm(int32_t *sums, __m256i value) {
  _mm256_storeu_si256((__m256i *)(void *)sums, value);
}

CK_YMM_INLINE __m256i ck_weigh_ymm(const int8_t *weights) {
  return _mm256_loadu_si256((const __m256i *)(const void *)weights);
}

/// Four rows of bytes: out[j] holds the channels 4 j ... 4 j + 3 of every 16, a channel's four
/// bytes together.
CK_YMM_INLINE void ck_weave_bytes_ymm(const __m256i rows[4], __m256i out[4]) {
  const __m256i low01 = _mm256_unpacklo_epi8(rows[0], rows[1]);
  const __m256i high01 = _mm256_unpackhi_epi8(rows[0], rows[1]);
  const __m256i low23 = _mm256_unpacklo_epi8(rows[2], rows[3]);
  const __m256i high23 = _mm256_unpackhi_epi8(rows[2], rows[3]);
  out[0] = _mm256_unpacklo_epi16(low01, low23);
  out[1] = _mm256_unpackhi_epi16(low01, low23);
  out[2] = _mm256_unpacklo_epi16(high01, high23);
  out[3] = _mm256_unpackhi_epi16(high01, high23);
}

/// Two rows of unsigned bytes as 16-bit numbers, in the same order of channels.
CK_YMM_INLINE void ck_weave_words_ymm(const __m256i rows[2], __m256i out[4]) {
  const __m256i zero = _mm256_setzero_si256();
  const __m256i low = _mm256_unpacklo_epi8(rows[0], rows[1]);
  const __m256i high = _mm256_unpackhi_epi8(rows[0], rows[1]);
  out[0] = _mm256_unpacklo_epi8(low, zero);
  out[1] = _mm256_unpackhi_epi8(low, zero);
  out[2] = _mm256_unpacklo_epi8(high, zero);
  out[3] = _mm256_unpackhi_epi8(high, zero);
}

/// The same for signed bytes.
CK_YMM_INLINE void ck_weave_signed_words_ymm(const __m256i rows[2], __m256i out[4]) {
  const __m256i low = _mm256_unpacklo_epi8(rows[0], rows[1]);
  const __m256i high = _mm256_unpackhi_epi8(rows[0], rows[1]);
  const __m256i low_signs = _mm256_cmpgt_epi8(_mm256_setzero_si256(), low);
  const __m256i high_signs = _mm256_cmpgt_epi8(_mm256_setzero_si256(), high);
  out[0] = _mm256_unpacklo_epi8(low, low_signs);
  out[1] = _mm256_unpackhi_epi8(low, low_signs);
  out[2] = _mm256_unpacklo_epi8(high, high_signs);
  out[3] = _mm256_unpackhi_epi8(high, high_signs);
}

/// Scaled values, at most `most`, as integers: the nearest, ties to even. Far below the bounds they
/// are some number that is far below.
CK_YMM_INLINE __m256i ck_round_ymm(__m256 values, __m256 most) {
  return _mm256_cvtps_epi32(_mm256_min_ps(values, most));
}

/// Four vectors of rounded values, woven, as bytes in order, with the zero point added and not
/// below `low`.
CK_YMM_INLINE __m256i ck_pack_ymm(const __m256i rounded[4], __m256i zero, __m256i low) {
  const __m256i front = _mm256_adds_epi16(_mm256_packs_epi32(rounded[0], rounded[1]), zero);
  const __m256i back = _mm256_adds_epi16(_mm256_packs_epi32(rounded[2], rounded[3]), zero);
  return _mm256_max_epu8(_mm256_packus_epi16(front, back), low);
}

/// Four vectors of sums, woven, as stored bytes in order.
CK_YMM_INLINE __m256i ck_finish_ymm(const __m256i sums[4], const __m256i multiplier[4],
                                    uint8_t zero_point, uint8_t low, uint8_t high) {
  const __m256 most = _mm256_set1_ps((float)(high - zero_point));
  __m256i rounded[4];
#pragma clang loop unroll(full)
  for (int32_t j = 0; j < 4; j++) {
    rounded[j] = ck_round_ymm(
        _mm256_mul_ps(_mm256_cvtepi32_ps(sums[j]), _mm256_castsi256_ps(multiplier[j])), most);
  }
  return ck_pack_ymm(rounded, _mm256_set1_epi16(zero_point), _mm256_set1_epi8((char)low));
}

/// An operation's bounds and zero point, repeated.
typedef struct ck_limits_ymm {
  __m256 most;
  __m256i zero, low;
} ck_limits_ymm;

CK_YMM_INLINE ck_limits_ymm ck_limit_ymm(const ck_conv *op) {
  const ck_limits_ymm limits = {_mm256_set1_ps((float)(op->high - op->zero_point)),
                                _mm256_set1_epi16(op->zero_point), _mm256_set1_epi8((char)op->low)};
  return limits;
}

/// Eight sums times their multipliers, rounded.
CK_YMM_INLINE __m256i ck_round_sums_ymm(__m256i sums, const float *multiplier,
                                        ck_limits_ymm limits) {
  const __m256 scaled = _mm256_mul_ps(_mm256_cvtepi32_ps(sums), _mm256_loadu_ps(multiplier));
  return ck_round_ymm(scaled, limits.most);
}

/// Four vectors of eight rounded values as bytes, one vector after the other.
CK_YMM_INLINE __m256i ck_pack_in_order_ymm(const __m256i rounded[4], ck_limits_ymm limits) {
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  return _mm256_permutevar8x32_epi32(ck_pack_ymm(rounded, limits.zero, limits.low), order);
}

/// `count` of the `size` bytes from size * part, where `size` is 32, 16 or 8.
CK_YMM_INLINE void ck_put_ymm(uint8_t *out, __m256i bytes, const int32_t part, const int32_t size,
                              int32_t count) {
  const __m128i half =
      part * size < 16 ? _mm256_castsi256_si128(bytes) : _mm256_extracti128_si256(bytes, 1);
  const int64_t quarter =
      part * size % 16 < 8 ? _mm_cvtsi128_si64(half) : _mm_extract_epi64(half, 1);
  if (size == 32 && count == size) {
    _mm256_storeu_si256((__m256i *)(void *)out, bytes);
  } else if (size == 16 && count == size) {
    _mm_storeu_si128((__m128i *)(void *)out, half);
  } else if (size == 8 && count == size) {
    memcpy(out, &quarter, sizeof quarter);
  } else {
    uint8_t copy[32];
    _mm256_storeu_si256((__m256i *)(void *)copy, bytes);
    ck_put_some(out, count, copy + part * size);
  }
}
