#pragma once
#include "ckernels.h"

// Tables of kernels by architecture, one a file (table_*.c). Private to CKernels; callers go
// through dispatch.c.

/// Kernels, and whether this CPU can run them.
typedef struct ck_entry {
  bool (*runs)(void);
  ck_kernels kernels;
} ck_entry;

/// Entries, slowest first.
typedef struct ck_table {
  const ck_entry *entries;
  size_t count;
} ck_table;

/// What every machine runs; the first entry is the reference.
ck_table ck_table_portable(void);

/// What the architecture adds; defined where the module is compiled for it.
ck_table ck_table_x86(void);
ck_table ck_table_arm(void);
