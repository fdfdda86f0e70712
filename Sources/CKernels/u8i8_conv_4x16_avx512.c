#include "tiled.h"

#if defined(__x86_64__)
#include "u8i8_conv_tile.h"

// The tiled convolution compiled for AVX-512 with bytes and words (Skylake-X, Zen 4 and later).

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))) void ck_u8i8_conv_4x16_avx512(
    const ck_conv *op) {
  ck_conv_tiled(op);
}
#endif
