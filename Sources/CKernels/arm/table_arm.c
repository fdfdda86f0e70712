#include "arm.h"
#include "portable/portable.h"
#include "common/table.h"

#if defined(__aarch64__) || defined(__arm__)
#include <sys/auxv.h>

// Kernels for ARM. What a CPU can run is what the kernel's auxiliary vector says: user code can't
// ask the CPU itself, and compiler builtins for it need a runtime library that not every target
// links.

#if defined(__aarch64__)
static bool runs_neon(void) {
  return getauxval(AT_HWCAP) & HWCAP_ASIMD;
}

static bool runs_dotprod(void) {
  return runs_neon() && getauxval(AT_HWCAP) & HWCAP_ASIMDDP;
}

/// Whether this is an ARMv8.0 processor that issues in order, where Winograd's fewer products pay:
/// Cortex-A34, A35, A53. Others multiply 8-bit numbers so much faster than 16-bit ones that nothing
/// is gained. Linux from 4.11 on lets programs read the number.
static bool runs_in_order(void) {
  if (!runs_neon() || !(getauxval(AT_HWCAP) & HWCAP_CPUID)) return false;
  uint64_t processor;
  __asm__("mrs %0, MIDR_EL1" : "=r"(processor));
  const uint32_t maker = (processor >> 24) & 0xFF, part = (processor >> 4) & 0xFFF;
  return maker == 0x41 && (part == 0xD02 || part == 0xD03 || part == 0xD04);
}

static bool runs_out_of_order(void) {
  return runs_neon() && !runs_in_order();
}

static bool runs_i8mm(void) {
  return runs_neon() && getauxval(AT_HWCAP2) & HWCAP2_I8MM;
}

static const ck_entry entries[] = {
    {runs_out_of_order,
     {
         .isa = "neon",
         .u8i8_conv = ck_u8i8_conv_2x16_neon,
         .u8i8_depthwise = ck_u8i8_depthwise_neon,
         .u8_maxpool = ck_u8_maxpool_neon,
         .u8_avgpool = ck_u8_avgpool_neon,
         .u8_add = ck_u8_add_neon,
         .u8_mul = ck_u8_mul_neon,
         .u8_map = ck_u8_map_neon,
         .peak = ck_peak_neon,
     }},
    {runs_in_order,
     {
         .isa = "neon",
         .u8i8_conv = ck_u8i8_conv_winograd_neon,
         .u8i8_depthwise = ck_u8i8_depthwise_neon,
         .u8_maxpool = ck_u8_maxpool_neon,
         .u8_avgpool = ck_u8_avgpool_neon,
         .u8_add = ck_u8_add_neon,
         .u8_mul = ck_u8_mul_neon,
         .u8_map = ck_u8_map_neon,
         .peak = ck_peak_neon,
     }},
    {runs_dotprod,
     {
         .isa = "dotprod",
         .u8i8_conv = ck_u8i8_conv_6x16_dotprod,
         .u8i8_depthwise = ck_u8i8_depthwise_neon,
         .u8_maxpool = ck_u8_maxpool_neon,
         .u8_avgpool = ck_u8_avgpool_neon,
         .u8_add = ck_u8_add_neon,
         .u8_mul = ck_u8_mul_neon,
         .u8_map = ck_u8_map_neon,
         .peak = ck_peak_dotprod,
     }},
    {runs_i8mm,
     {
         .isa = "i8mm",
         .u8i8_conv = ck_u8i8_conv_8x8_i8mm,
         .u8i8_depthwise = ck_u8i8_depthwise_neon,
         .u8_maxpool = ck_u8_maxpool_neon,
         .u8_avgpool = ck_u8_avgpool_neon,
         .u8_add = ck_u8_add_neon,
         .u8_mul = ck_u8_mul_neon,
         .u8_map = ck_u8_map_neon,
         .peak = ck_peak_i8mm,
     }},
};

ck_table ck_table_arm(void) {
  const ck_table table = {entries, sizeof entries / sizeof *entries};
  return table;
}
#elif defined(__ARM_NEON)
static bool runs_neon(void) {
  return getauxval(AT_HWCAP) & HWCAP_ARM_NEON;
}

static const ck_entry entries[] = {
    {runs_neon,
     {
         .isa = "neon",
         .u8i8_conv = ck_u8i8_conv_winograd_neon,
         .u8i8_depthwise = ck_u8i8_depthwise_neon,
         .u8_maxpool = ck_u8_maxpool_neon,
         .u8_avgpool = ck_u8_avgpool_neon,
         .u8_add = ck_u8_add_neon,
         .u8_mul = ck_u8_mul_neon,
         .u8_map = ck_u8_map_rows,
         .peak = ck_peak_neon,
     }},
};

ck_table ck_table_arm(void) {
  const ck_table table = {entries, sizeof entries / sizeof *entries};
  return table;
}
#else
ck_table ck_table_arm(void) {
  const ck_table none = {NULL, 0};
  return none;
}
#endif
#endif
