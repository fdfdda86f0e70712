#pragma once

#include <stddef.h>
#include <stdint.h>

// What this process uses. -1 where the system does not say.

typedef struct {
  // Page faults so far: served from memory, and those that waited for a device.
  int64_t minor_faults;
  int64_t major_faults;
  // The end of the heap's first region (the program break) as a number, and the number and total
  // size of all mappings. A heap that grows moves the one or the other.
  uint64_t program_break;
  int64_t mappings;
  int64_t mapped_bytes;
} csys_usage;

csys_usage csys_read_usage(void);

// Resident memory now (VmRSS).
int64_t csys_resident_bytes(void);

// Resident bytes of the mapping that begins at `bytes` (Rss of /proc/self/smaps): the pages that
// this process has touched and the kernel has not taken back.
int64_t csys_touched_bytes(const void *_Nonnull bytes);

// Bytes of a file mapping that the page cache holds, or -1 (mincore).
int64_t csys_cached_bytes(const void *_Nonnull bytes, size_t count);

// Asks the kernel to drop the file's pages from the page cache, as far as no process has them
// mapped or changed. 0 or an errno.
int csys_drop_cache(const char *_Nonnull path);
