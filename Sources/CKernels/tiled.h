#pragma once
#include "ckernels.h"

// Convolutions by tiles, one a file. Private to CKernels; callers go through a table.

void ck_u8i8_conv_4x16_c(const ck_conv *op);
