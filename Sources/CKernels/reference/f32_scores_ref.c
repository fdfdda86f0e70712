#include "ckernels.h"

#pragma STDC FP_CONTRACT OFF

// What becomes of the route's class scores (docs/numerics.md). Here and not in Swift because
// contraction is forbidden in so many words.

float ck_f32_member_sum_ref(const float *x, const uint16_t *members, size_t count, float scale,
                            float maximum) {
  float sum = 0.0f;
  for (size_t i = 0; i < count; i++) sum = sum + ck_f32_exp_ref((x[members[i]] - maximum) * scale);
  return sum;
}

void ck_f32_add_scaled_ref(float *x, const float *scores, const uint16_t *rows, size_t count,
                           float weight) {
  for (size_t i = 0; i < count; i++) {
    const float weighted = scores[rows ? rows[i] : i] * weight;
    x[i] = x[i] + weighted;
  }
}
