#include "table.h"

#if defined(__aarch64__) || defined(__arm__)

// Kernels for ARM: none beyond the portable ones.

ck_table ck_table_arm(void) {
  const ck_table table = {NULL, 0};
  return table;
}
#endif
