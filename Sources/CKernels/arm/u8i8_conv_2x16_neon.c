#include "arm.h"

#if defined(__aarch64__)

// The convolution for ARMv8.0: sixteen accumulators of 32.

enum { CK_TILE_PIXELS = 2, CK_TILE_QUADS = 4, CK_REST_QUADS = 4 };
#include "u8i8_conv_neon.h"

void ck_u8i8_conv_2x16_neon(const ck_conv *op) {
  ck_conv_arm(op);
}
#endif
