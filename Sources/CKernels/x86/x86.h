#pragma once
#include "ckernels.h"

// Kernels for x86-64, one a file, and the loops of `ck_kernels.peak`. Private to CKernels; callers
// go through a table.

#if defined(__x86_64__)
void ck_u8i8_conv_12x32_avx512vnni(const ck_conv *op);
void ck_u8i8_conv_6x16_avxvnni(const ck_conv *op);
void ck_u8i8_conv_6x16_avx512vlvnni(const ck_conv *op);
/// Pairs must fit.
void ck_u8i8_conv_6x16_avx2pairs(const ck_conv *op);
void ck_u8i8_conv_6x8_avx2(const ck_conv *op);
void ck_u8i8_depthwise_4x64_avx512vnni(const ck_conv *op);
void ck_u8i8_depthwise_4x32_avx2(const ck_conv *op);
void ck_u8i8_depthwise_4x32_avxvnni(const ck_conv *op);
void ck_u8i8_depthwise_4x32_avx512vlvnni(const ck_conv *op);
void ck_u8_add_avx2(const ck_add *op);
void ck_u8_mul_avx2(const ck_mul *op);
void ck_u8_maxpool_avx2(const ck_pool *op);
void ck_u8_avgpool_avx2(const ck_pool *op);
uint64_t ck_peak_avx2(uint64_t iterations);
uint64_t ck_peak_avxvnni(uint64_t iterations);
uint64_t ck_peak_avx512vlvnni(uint64_t iterations);
uint64_t ck_peak_avx512vnni(uint64_t iterations);
#endif
