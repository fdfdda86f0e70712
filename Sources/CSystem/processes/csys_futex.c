#define _GNU_SOURCE
#include "csys_futex.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

bool csys_futex_wait(const uint32_t *word, uint32_t value, uint64_t nanoseconds) {
  // As SYS_futex takes it on every machine: two longs.
  const struct {
    long seconds, nanoseconds;
  } timeout = {(long)(nanoseconds / 1000000000), (long)(nanoseconds % 1000000000)};
  return syscall(SYS_futex, word, FUTEX_WAIT, value, &timeout, NULL, 0) == 0 || errno != ETIMEDOUT;
}

void csys_futex_wake(const uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
