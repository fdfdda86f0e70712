#define _GNU_SOURCE
#include "csys_clock.h"

#include <time.h>

uint64_t csys_monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t csys_file_clock_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return (int64_t)now.tv_sec * 1000000000 + (int64_t)now.tv_nsec;
}

void csys_pause(uint64_t nanoseconds) {
  const struct timespec time = {.tv_sec = (time_t)(nanoseconds / 1000000000u),
                                .tv_nsec = (long)(nanoseconds % 1000000000u)};
  nanosleep(&time, NULL);
}
