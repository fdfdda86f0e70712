#include "portable.h"
#include "u8i8_conv_tile.h"

// The tiled convolution for whatever instruction set the module is compiled for.

void ck_u8i8_conv_4x16_c(const ck_conv *op) {
  ck_conv_tiled(op);
}
