#include "arm.h"

#if defined(__aarch64__)
#include "conv_pixels_neon.h"

#pragma clang attribute push(__attribute__((target("arch=armv8.2-a+dotprod"))), apply_to = function)

// The convolution with `sdot`: four channels by four inputs an instruction, the inputs taken from a
// lane, so that sixteen bytes of a pixel serve four groups. 24 accumulators, 6 registers of inputs
// and one or two of weights are all that there is.

enum { CK_TILE_PIXELS = 6, CK_TILE_QUADS = 4, CK_REST_QUADS = 4, CK_SIGNED = 1 };

typedef struct ck_sums {
  int32x4_t v[CK_TILE_PIXELS][CK_TILE_QUADS];
} ck_sums;

CK_INLINE void ck_begin(ck_sums *sums, const int32_t *start, const int32_t pixels,
                        const int32_t quads) {
#pragma clang loop unroll(full)
  for (int32_t q = 0; q < quads; q++) {
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) sums->v[p][q] = vld1q_s32(start + 4 * q);
  }
}

/// The inputs as signed bytes. The empty instruction keeps the compiler from beginning with
/// products while the constant still occupies a register, for which it would move accumulators
/// about.
CK_INLINE int8x16_t ck_signed(uint8x16_t stored) {
  int8x16_t in = vreinterpretq_s8_u8(veorq_u8(stored, vdupq_n_u8(0x80)));
  __asm__ volatile("" : "+w"(in)::"memory");
  return in;
}

/// One group, which is in lane `LANE` of `in`. Where there are products between them, the empty
/// instruction keeps the compiler from loading two registers of weights at once, which occupies a
/// Cortex-A55 longer than two loads.
#define CK_GROUP(LANE)                                                        \
  _Pragma("clang loop unroll(full)") for (int32_t q = 0; q < quads; q++) {    \
    const int8x16_t w = vld1q_s8(weights + 16 * q);                           \
    if (pixels > 1) __asm__ volatile("" ::: "memory");                        \
    _Pragma("clang loop unroll(full)") for (int32_t p = 0; p < pixels; p++) { \
      sums->v[p][q] = vdotq_laneq_s32(sums->v[p][q], w, in[p], LANE);         \
    }                                                                         \
  }                                                                           \
  weights += 16 * panel_quads

CK_INLINE void ck_accumulate(ck_sums *sums, const uint8_t **x, int32_t groups,
                             const int8_t *weights, const int32_t pixels, const int32_t quads,
                             const int32_t panel_quads) {
  int8x16_t in[CK_TILE_PIXELS];
  size_t at = 0;
  for (; groups >= 4; groups -= 4, at += 16) {
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) in[p] = ck_signed(vld1q_u8(x[p] + at));
    CK_GROUP(0);
    CK_GROUP(1);
    CK_GROUP(2);
    CK_GROUP(3);
  }
  for (; groups > 0; groups--, at += 4) {
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) in[p] = ck_signed(ck_load_group(x[p] + at));
    CK_GROUP(0);
  }
}

CK_INLINE int32x4_t ck_finish(const ck_sums *sums, const int32_t *start, const int32_t p,
                              const int32_t q, const int32_t pixels) {
  (void)start;
  (void)pixels;
  return sums->v[p][q];
}

#include "u8i8_conv_arm.h"

void ck_u8i8_conv_6x16_dotprod(const ck_conv *op) {
  ck_conv_arm(op);
}

#pragma clang attribute pop
#endif
