#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#define _TIME_BITS 64
#include "csys_service.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static void fill(sigset_t *set) {
  sigemptyset(set);
  sigaddset(set, SIGTERM);
  sigaddset(set, SIGINT);
  sigaddset(set, SIGHUP);
  sigaddset(set, SIGUSR1);
}

int csys_signals_open(void) {
  sigset_t set;
  fill(&set);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -errno;
  // A broken lease would end the process.
  signal(SIGIO, SIG_IGN);
  // A file at its limit (RLIMIT_FSIZE) is an error to wait out, like a full disk.
  signal(SIGXFSZ, SIG_IGN);
  const int descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

int csys_stop_open(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  const int descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

int csys_signals_next(int descriptor) {
  struct signalfd_siginfo info;
  ssize_t count;
  do {
    count = read(descriptor, &info, sizeof info);
  } while (count < 0 && errno == EINTR);
  if (count != sizeof info) return CSYS_SIGNAL_NONE;
  switch (info.ssi_signo) {
    case SIGHUP:
      return CSYS_SIGNAL_RELOAD;
    case SIGUSR1:
      return CSYS_SIGNAL_STATUS;
    default:
      return CSYS_SIGNAL_STOP;
  }
}

void csys_wait(int first, int second, int milliseconds) {
  struct pollfd descriptors[2] = {{first, POLLIN, 0}, {second, POLLIN, 0}};
  poll(descriptors, 2, milliseconds);
}

bool csys_is_this_process(int64_t number) {
  return number == getpid() || number == getppid();
}

int64_t csys_wall_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000000 + (int64_t)now.tv_nsec;
}

void *csys_map_shared(size_t count) {
  void *base = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return base == MAP_FAILED ? NULL : base;
}
