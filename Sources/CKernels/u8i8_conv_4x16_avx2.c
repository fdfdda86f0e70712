#include "tiled.h"

#if defined(__x86_64__)
#include "u8i8_conv_tile.h"

// The tiled convolution compiled for AVX2.

__attribute__((target("avx2"))) void ck_u8i8_conv_4x16_avx2(const ck_conv *op) {
  ck_conv_tiled(op);
}
#endif
