#pragma once
#include "ckernels.h"

// The reference kernels, one a file. Private to CKernels; callers go through a table.

void ck_u8i8_conv_ref(const ck_conv *op);
void ck_u8i8_depthwise_ref(const ck_conv *op);
void ck_u8_maxpool_ref(const ck_pool *op);
void ck_u8_avgpool_ref(const ck_pool *op);
void ck_u8_add_ref(const ck_add *op);
void ck_u8_mul_ref(const ck_mul *op);
void ck_u8_map_ref(const ck_map *op);
