#pragma once
#include <stdint.h>

#pragma STDC FP_CONTRACT OFF

// The rounding rule of docs/numerics.md. Private to CKernels.

/// The integer nearest to `value`, ties to even, for |value| <= 2^22: 1.5 * 2^23 leaves no bits for
/// the fraction, so the addition itself rounds. No libm call, and the same on every instruction
/// set.
static inline int32_t ck_round_small(float value) {
  const float magic = 12582912.0f;
  return (int32_t)((value + magic) - magic);
}

/// `zero_point + rne(value)`, clamped to low ... high. The bounds are integers, so clamping before
/// the rounding gives what clamping after it would, and keeps every float in range.
static inline uint8_t ck_quantise(float value, int32_t zero_point, int32_t low, int32_t high) {
  const float least = (float)(low - zero_point);
  const float most = (float)(high - zero_point);
  value = value > least ? value : least;
  value = value < most ? value : most;
  return (uint8_t)(zero_point + ck_round_small(value));
}

/// A 32-bit sum as a stored byte.
static inline uint8_t ck_requantise(int32_t sum, float multiplier, int32_t zero_point, int32_t low,
                                    int32_t high) {
  return ck_quantise((float)sum * multiplier, zero_point, low, high);
}
