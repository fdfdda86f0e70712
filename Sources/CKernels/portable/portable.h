#pragma once
#include "ckernels.h"

// Kernels in plain C that are faster than the reference, one a file. Private to CKernels; callers
// go through a table.

void ck_u8i8_conv_4x16_c(const ck_conv *op);
void ck_u8_map_rows(const ck_map *op);
