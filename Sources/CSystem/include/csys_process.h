#pragma once

#include <stdint.h>
#include <stddef.h>

// A reader that has gone away shall be an error of the write (EPIPE), not a silent death.
void csys_ignore_broken_pipes(void);

// Ends the process at once; nothing of libc's is left to flush.
_Noreturn void csys_exit(int status);

// Largest resident memory of this process so far in bytes (VmHWM), or -1 when the kernel does not
// say.
int64_t csys_peak_resident_bytes(void);
