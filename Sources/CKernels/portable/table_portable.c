#include "reference/reference.h"
#include "common/table.h"
#include "portable.h"

// Kernels in plain C, for every machine.

static bool runs_always(void) {
  return true;
}

static const ck_entry entries[] = {
    {runs_always,
     {
         .isa = "reference",
         .u8i8_conv = ck_u8i8_conv_ref,
         .u8i8_depthwise = ck_u8i8_depthwise_ref,
         .u8_maxpool = ck_u8_maxpool_ref,
         .u8_avgpool = ck_u8_avgpool_ref,
         .u8_add = ck_u8_add_ref,
         .u8_mul = ck_u8_mul_ref,
         .u8_map = ck_u8_map_ref,
     }},
    {runs_always,
     {
         .isa = "portable",
         .u8i8_conv = ck_u8i8_conv_4x16_c,
         .u8i8_depthwise = ck_u8i8_depthwise_ref,
         .u8_maxpool = ck_u8_maxpool_ref,
         .u8_avgpool = ck_u8_avgpool_ref,
         .u8_add = ck_u8_add_ref,
         .u8_mul = ck_u8_mul_ref,
         .u8_map = ck_u8_map_rows,
     }},
};

ck_table ck_table_portable(void) {
  const ck_table table = {entries, sizeof entries / sizeof *entries};
  return table;
}
