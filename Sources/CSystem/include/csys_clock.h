#pragma once

#include <stdint.h>

// Returns nanoseconds of a clock that never goes back; its zero means nothing.
uint64_t csys_monotonic_nanoseconds(void);

// Nanoseconds since 1970 by the clock that the kernel stamps files with: it stands still for a few
// milliseconds at a time.
int64_t csys_file_clock_nanoseconds(void);

// Waits.
void csys_pause(uint64_t nanoseconds);
