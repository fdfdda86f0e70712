#include "portable/portable.h"
#include "reference/reference.h"
#include "common/table.h"
#include "x86.h"

#if defined(__x86_64__)
#include <cpuid.h>

// Kernels for x86-64. What a CPU can run is asked of the CPU itself: compiler builtins for it need
// a runtime library that not every target links.

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

static bool runs_avxvnni(void) {
  unsigned a, b, c, d;
  return runs_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & bit_AVXVNNI);
}

static bool runs_avx512vnni(void) {
  unsigned a, b, c, d;
  return runs_avx512() && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (c & bit_AVX512VNNI);
}

/// The kernels for AVX-VNNI, where only the encoding of AVX-512 is known.
static bool runs_avx512vlvnni(void) {
  return runs_avx512vnni() && !runs_avxvnni();
}

static const ck_entry entries[] = {
    {runs_avx2,
     {
         .isa = "avx2",
         .u8i8_conv = ck_u8i8_conv_6x8_avx2,
         .u8i8_depthwise = ck_u8i8_depthwise_4x32_avx2,
         .u8_maxpool = ck_u8_maxpool_avx2,
         .u8_avgpool = ck_u8_avgpool_avx2,
         .u8_add = ck_u8_add_avx2,
         .u8_mul = ck_u8_mul_avx2,
         .u8_map = ck_u8_map_rows,
         .peak = ck_peak_avx2,
     }},
    {runs_avxvnni,
     {
         .isa = "avxvnni",
         .u8i8_conv = ck_u8i8_conv_6x16_avxvnni,
         .u8i8_depthwise = ck_u8i8_depthwise_4x32_avxvnni,
         .u8_maxpool = ck_u8_maxpool_avx2,
         .u8_avgpool = ck_u8_avgpool_avx2,
         .u8_add = ck_u8_add_avx2,
         .u8_mul = ck_u8_mul_avx2,
         .u8_map = ck_u8_map_rows,
         .peak = ck_peak_avxvnni,
     }},
    {runs_avx512vlvnni,
     {
         .isa = "avxvnni",
         .u8i8_conv = ck_u8i8_conv_6x16_avx512vlvnni,
         .u8i8_depthwise = ck_u8i8_depthwise_4x32_avx512vlvnni,
         .u8_maxpool = ck_u8_maxpool_avx2,
         .u8_avgpool = ck_u8_avgpool_avx2,
         .u8_add = ck_u8_add_avx2,
         .u8_mul = ck_u8_mul_avx2,
         .u8_map = ck_u8_map_rows,
         .peak = ck_peak_avx512vlvnni,
     }},
    {runs_avx512vnni,
     {
         .isa = "avx512vnni",
         .u8i8_conv = ck_u8i8_conv_12x32_avx512vnni,
         .u8i8_depthwise = ck_u8i8_depthwise_4x64_avx512vnni,
         .u8_maxpool = ck_u8_maxpool_avx2,
         .u8_avgpool = ck_u8_avgpool_avx2,
         .u8_add = ck_u8_add_avx2,
         .u8_mul = ck_u8_mul_avx2,
         .u8_map = ck_u8_map_rows,
         .peak = ck_peak_avx512vnni,
     }},
};

ck_table ck_table_x86(void) {
  const ck_table table = {entries, sizeof entries / sizeof *entries};
  return table;
}
#endif
