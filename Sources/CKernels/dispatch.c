#include <stdlib.h>
#include <string.h>
#include "common/table.h"

// The choice among the tables: the portable ones, then the architecture's.

static ck_table table_of_architecture(void) {
#if defined(__x86_64__)
  return ck_table_x86();
#elif defined(__aarch64__) || defined(__arm__)
  return ck_table_arm();
#else
  const ck_table none = {NULL, 0};
  return none;
#endif
}

const ck_kernels *ck_kernels_at(size_t index) {
  const ck_table tables[] = {ck_table_portable(), table_of_architecture()};
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
    for (size_t i = 0; i < tables[t].count; i++) {
      const ck_entry *entry = &tables[t].entries[i];
      if (entry->runs() && index-- == 0) return &entry->kernels;
    }
  }
  return NULL;
}

size_t ck_kernels_count(void) {
  size_t count = 0;
  while (ck_kernels_at(count)) count++;
  return count;
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
