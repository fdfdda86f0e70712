#pragma once
#include "ckernels.h"

// The kernels for ARM, one a file. Private to CKernels; callers go through a table.

#if defined(__aarch64__) || (defined(__arm__) && defined(__ARM_NEON))
void ck_u8i8_conv_winograd_neon(const ck_conv *op);
void ck_u8i8_depthwise_neon(const ck_conv *op);
void ck_u8_maxpool_neon(const ck_pool *op);
void ck_u8_avgpool_neon(const ck_pool *op);
void ck_u8_add_neon(const ck_add *op);
void ck_u8_mul_neon(const ck_mul *op);
uint64_t ck_peak_neon(uint64_t iterations);
#endif

#if defined(__aarch64__)
void ck_u8i8_conv_2x16_neon(const ck_conv *op);
void ck_u8i8_conv_6x16_dotprod(const ck_conv *op);
void ck_u8i8_conv_8x8_i8mm(const ck_conv *op);
void ck_u8_map_neon(const ck_map *op);
uint64_t ck_peak_dotprod(uint64_t iterations);
uint64_t ck_peak_i8mm(uint64_t iterations);
#elif defined(__arm__) && defined(__ARM_NEON)
void ck_u8i8_conv_2x8_neon(const ck_conv *op);
#endif
