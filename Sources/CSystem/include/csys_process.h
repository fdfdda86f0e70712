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

// The same of any process, without pages of files: what it holds that others don't. -1 when the
// kernel does not say.
int64_t csys_peak_private_bytes(int process);
// The same now (RssAnon and RssShmem).
int64_t csys_private_bytes(int process);

// Keeps 0, 1 and 2 from becoming something else where whoever started the program had closed them:
// a socket in the place of standard input would be read, one in that of standard output be written
// to.
void csys_fill_standard_descriptors(void);

// Signals of a program's own faults (SIGSEGV, SIGABRT and their kin) end it, as the kernel does it:
// a handler that a runtime has set for its report can't make one in a confined process, and then
// the program would live on.
void csys_die_of_faults(void);
