#include "arm.h"

#if defined(__arm__) && defined(__ARM_NEON)

// The convolution for ARMv7, which has sixteen registers: eight are accumulators. Pairs of pixels
// take a panel in two halves; a pixel alone takes it whole.

enum { CK_TILE_PIXELS = 2, CK_TILE_QUADS = 2, CK_REST_QUADS = 4 };
#include "u8i8_conv_neon.h"

void ck_u8i8_conv_2x8_neon(const ck_conv *op) {
  ck_conv_arm(op);
}
#endif
