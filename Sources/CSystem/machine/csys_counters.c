#define _GNU_SOURCE
#include "csys_counters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

void csys_counters_open(csys_counters *counters) {
  static const uint64_t events[CSYS_COUNTER_COUNT] = {
      PERF_COUNT_HW_CPU_CYCLES,
      PERF_COUNT_HW_INSTRUCTIONS,
      PERF_COUNT_HW_CACHE_MISSES,
  };
  counters->error = 0;
  for (int i = 0; i < CSYS_COUNTER_COUNT; i++) {
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof attributes,
        .config = events[i],
        .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
        .disabled = 1,
        .inherit = 1,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };
    counters->descriptors[i] =
        (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (counters->descriptors[i] < 0 && counters->error == 0) counters->error = errno;
  }
}

static void tell_all(const csys_counters *counters, unsigned long request) {
  for (int i = 0; i < CSYS_COUNTER_COUNT; i++) {
    if (counters->descriptors[i] >= 0) ioctl(counters->descriptors[i], request, 0);
  }
}

void csys_counters_start(const csys_counters *counters) {
  tell_all(counters, PERF_EVENT_IOC_RESET);
  tell_all(counters, PERF_EVENT_IOC_ENABLE);
}

void csys_counters_stop(const csys_counters *counters) {
  tell_all(counters, PERF_EVENT_IOC_DISABLE);
}

int64_t csys_counters_read(const csys_counters *counters, int counter) {
  const int descriptor = counters->descriptors[counter];
  struct {
    uint64_t value, enabled, running;
  } count;
  if (descriptor < 0 || read(descriptor, &count, sizeof count) != (ssize_t)sizeof count) return -1;
  if (count.running == 0) return -1;
  if (count.running >= count.enabled) return (int64_t)count.value;
  return (int64_t)((double)count.value * (double)count.enabled / (double)count.running);
}
