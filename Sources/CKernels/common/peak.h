#pragma once
#include <stdint.h>

// What `ck_kernels.peak` runs, by the instructions that do the multiplying. Private to CKernels.

#if defined(__x86_64__)
uint64_t ck_peak_avx2(uint64_t iterations);
uint64_t ck_peak_avxvnni(uint64_t iterations);
uint64_t ck_peak_avx512vlvnni(uint64_t iterations);
uint64_t ck_peak_avx512vnni(uint64_t iterations);
#endif
