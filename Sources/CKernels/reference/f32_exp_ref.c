#include <string.h>
#include "ckernels.h"

#pragma STDC FP_CONTRACT OFF

// An exponential of our own, so that probabilities don't depend on anybody's libm.
//
// x = n ln 2 + r with n the nearest integer and |r| <= ln(2)/2; ln 2 is taken off in two parts
// (Cody and Waite 1980) whose first has trailing zeros, so that n times it is exact. e^r is the
// Taylor polynomial of degree 7 by Horner's rule: its remainder r^8/8! is below 6e-9, less than the
// rounding of a float. 2^n is put into the exponent; for x >= -87 every intermediate is a normal
// number, so units that flush subnormal ones (ARMv7 NEON) agree.

float ck_f32_exp_ref(float x) {
  if (!(x >= -87.0f)) return 0.0f;
  const float magic = 12582912.0f;
  const float n = (x * 1.44269504f + magic) - magic;
  float r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  float p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const uint32_t bits = (uint32_t)((int32_t)n + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return p * power;
}

float ck_f32_softmax_sum_ref(const float *x, size_t count, float scale, float maximum) {
  float sum = 0.0f;
  for (size_t i = 0; i < count; i++) sum = sum + ck_f32_exp_ref((x[i] - maximum) * scale);
  return sum;
}

size_t ck_f32_argmax_ref(const float *x, size_t count) {
  size_t best = 0;
  for (size_t i = 1; i < count; i++) {
    if (x[i] > x[best]) best = i;
  }
  return best;
}
