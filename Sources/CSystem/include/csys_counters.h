#pragma once

#include <stdint.h>

// The processor's own counters through perf_event_open, user space only, of this process and of the
// threads that it starts after opening them. A kernel, a container or a virtual machine may refuse
// any of them.

enum csys_counter {
  CSYS_COUNTER_CYCLES,
  CSYS_COUNTER_INSTRUCTIONS,
  CSYS_COUNTER_CACHE_MISSES,
  CSYS_COUNTER_COUNT,
};

typedef struct {
  int descriptors[CSYS_COUNTER_COUNT];
  // The errno of the first refusal, or 0.
  int error;
} csys_counters;

// Opens what can be had; nothing counts yet.
void csys_counters_open(csys_counters *_Nonnull counters);

void csys_counters_start(const csys_counters *_Nonnull counters);
void csys_counters_stop(const csys_counters *_Nonnull counters);

// Counted since the start, scaled up where the kernel shared the counter; -1 for one that is not
// open or did not run.
int64_t csys_counters_read(const csys_counters *_Nonnull counters, int counter);
