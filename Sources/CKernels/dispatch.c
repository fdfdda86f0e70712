#include <stdlib.h>
#include <string.h>
#include "reference.h"
#include "tiled.h"

// The table of tables. What a CPU can run is asked of the CPU itself: compiler builtins for it need
// a runtime library that not every target links.

#if defined(__x86_64__)
#include <cpuid.h>

/// Whether the operating system saves the registers named by `mask` (of XCR0).
static bool saves_registers(uint32_t mask) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return false;
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  (void)high;
  return (low & mask) == mask;
}

static bool has_leaf7(uint32_t mask) {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & mask) == mask;
}

static bool runs_avx2(void) {
  return saves_registers(0x06) && has_leaf7(bit_AVX2);
}

static bool runs_avx512(void) {
  const uint32_t needed = bit_AVX2 | bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
  return saves_registers(0xE6) && has_leaf7(needed);
}
#endif

static bool runs_always(void) {
  return true;
}

typedef struct entry {
  bool (*runs)(void);
  ck_kernels kernels;
} entry;

#define CK_ENTRY(condition, name, convolution)                                                   \
  {                                                                                              \
    condition, {                                                                                 \
      .isa = name, .u8i8_conv = convolution, .u8i8_depthwise = ck_u8i8_depthwise_ref,            \
      .u8_maxpool = ck_u8_maxpool_ref, .u8_avgpool = ck_u8_avgpool_ref, .u8_add = ck_u8_add_ref, \
      .u8_map = ck_u8_map_ref,                                                                   \
    }                                                                                            \
  }

/// Slowest first.
static const entry entries[] = {
    CK_ENTRY(runs_always, "reference", ck_u8i8_conv_ref),
    CK_ENTRY(runs_always, "portable", ck_u8i8_conv_4x16_c),
#if defined(__x86_64__)
    CK_ENTRY(runs_avx2, "avx2", ck_u8i8_conv_4x16_avx2),
    CK_ENTRY(runs_avx512, "avx512", ck_u8i8_conv_4x16_avx512),
#endif
};

size_t ck_kernels_count(void) {
  size_t count = 0;
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) count += entries[i].runs();
  return count;
}

const ck_kernels *ck_kernels_at(size_t index) {
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
    if (entries[i].runs() && index-- == 0) return &entries[i].kernels;
  }
  return NULL;
}

const ck_kernels *ck_kernels_named(const char *isa) {
  for (size_t i = 0; i < ck_kernels_count(); i++) {
    const ck_kernels *kernels = ck_kernels_at(i);
    if (strcmp(kernels->isa, isa) == 0) return kernels;
  }
  return NULL;
}

const ck_kernels *ck_kernels_choose(void) {
  const char *isa = getenv("SINF_ISA");
  if (isa && *isa) return ck_kernels_named(isa);
  return ck_kernels_at(ck_kernels_count() - 1);
}
