#include "arm.h"

#if defined(__aarch64__) || (defined(__arm__) && defined(__ARM_NEON))
#include "neon.h"

// The convolutions' multiply-accumulate instructions on registers alone (ck_kernels.peak). Enough
// independent sums that none waits for another; the empty instructions hide from the compiler what
// the registers hold.

#define CK_HIDE(REGISTER) __asm__ volatile("" : "+w"(REGISTER))

/// smull, smlal, sadalp on halves of registers: 16 products.
uint64_t ck_peak_neon(uint64_t iterations) {
  enum { CHAINS = 4 };
  int32x4_t sums[CHAINS];
  int8x8_t a[CHAINS], b = vdup_n_s8(5), c = vdup_n_s8(7);
  CK_HIDE(b);
  CK_HIDE(c);
#pragma clang loop unroll(full)
  for (int32_t i = 0; i < CHAINS; i++) {
    sums[i] = vdupq_n_s32(0);
    a[i] = vdup_n_s8(3);
  }
  for (uint64_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
    for (int32_t i = 0; i < CHAINS; i++) {
      CK_HIDE(a[i]);
      sums[i] = vpadalq_s16(sums[i], vmlal_s8(vmull_s8(a[i], b), a[i], c));
    }
  }
#pragma clang loop unroll(full)
  for (int32_t i = 0; i < CHAINS; i++) CK_HIDE(sums[i]);
  return iterations * CHAINS * 16;
}

#if defined(__aarch64__)
#pragma clang attribute push(__attribute__((target("arch=armv8.2-a+dotprod"))), apply_to = function)

/// sdot: 16 products.
uint64_t ck_peak_dotprod(uint64_t iterations) {
  enum { CHAINS = 16 };
  int32x4_t sums[CHAINS];
  int8x16_t a = vdupq_n_s8(3), b = vdupq_n_s8(5);
#pragma clang loop unroll(full)
  for (int32_t i = 0; i < CHAINS; i++) sums[i] = vdupq_n_s32(0);
  for (uint64_t n = 0; n < iterations; n++) {
    CK_HIDE(a);
    CK_HIDE(b);
#pragma clang loop unroll(full)
    for (int32_t i = 0; i < CHAINS; i++) sums[i] = vdotq_laneq_s32(sums[i], a, b, 0);
  }
#pragma clang loop unroll(full)
  for (int32_t i = 0; i < CHAINS; i++) CK_HIDE(sums[i]);
  return iterations * CHAINS * 16;
}

#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("arch=armv8.6-a+i8mm"))), apply_to = function)

/// usmmla: 32 products.
uint64_t ck_peak_i8mm(uint64_t iterations) {
  enum { CHAINS = 16 };
  int32x4_t sums[CHAINS];
  uint8x16_t a = vdupq_n_u8(3);
  int8x16_t b = vdupq_n_s8(5);
#pragma clang loop unroll(full)
  for (int32_t i = 0; i < CHAINS; i++) sums[i] = vdupq_n_s32(0);
  for (uint64_t n = 0; n < iterations; n++) {
    CK_HIDE(a);
    CK_HIDE(b);
#pragma clang loop unroll(full)
    for (int32_t i = 0; i < CHAINS; i++) sums[i] = vusmmlaq_s32(sums[i], a, b);
  }
#pragma clang loop unroll(full)
  for (int32_t i = 0; i < CHAINS; i++) CK_HIDE(sums[i]);
  return iterations * CHAINS * 32;
}

#pragma clang attribute pop
#endif
#endif
