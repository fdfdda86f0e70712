#pragma once

#include <stdint.h>

// Returns nanoseconds of a clock that never goes back; its zero means nothing.
uint64_t csys_monotonic_nanoseconds(void);
