#define _GNU_SOURCE
#include "csys_process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void csys_ignore_broken_pipes(void) {
  signal(SIGPIPE, SIG_IGN);
}

void csys_exit(int status) {
  _exit(status);
}

void csys_die_of_faults(void) {
  static const int faults[] = {SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    sigaddset(&set, faults[i]);
    struct sigaction before;
    // What is ignored since before the program began stays so.
    if (sigaction(faults[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    signal(faults[i], SIG_DFL);
  }
  // Whoever starts the program may have held them back for itself.
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void csys_fill_standard_descriptors(void) {
  // The wrong way round: what is read from here or written to here fails as it would have.
  for (int descriptor = 0; descriptor <= 2; descriptor++) {
    if (fcntl(descriptor, F_GETFD) < 0) open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
  }
}

/// Text of a process's status. False where there is none.
static bool read_status(int process, char *text, size_t capacity) {
  char path[40];
  if (process == 0) {
    snprintf(path, sizeof path, "/proc/self/status");
  } else {
    snprintf(path, sizeof path, "/proc/%d/status", process);
  }
  // Not stdio: it would take a buffer from the heap.
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const ssize_t count = read(descriptor, text, capacity - 1);
  close(descriptor);
  if (count <= 0) return false;
  text[count] = 0;
  return true;
}

/// Bytes of a line such as "VmHWM:    1234 kB"; -1 where there is none.
static int64_t bytes_of(const char *text, const char *name) {
  const char *line = strstr(text, name);
  if (!line) return -1;
  int64_t kibibytes = 0;
  for (line += strlen(name); *line == ' ' || *line == '\t'; line++) {
  }
  for (; *line >= '0' && *line <= '9'; line++) kibibytes = kibibytes * 10 + (*line - '0');
  return kibibytes * 1024;
}

int64_t csys_peak_resident_bytes(void) {
  char text[4096];
  return read_status(0, text, sizeof text) ? bytes_of(text, "VmHWM:") : -1;
}

int64_t csys_peak_private_bytes(int process) {
  char text[4096];
  if (!read_status(process, text, sizeof text)) return -1;
  const int64_t peak = bytes_of(text, "VmHWM:"), files = bytes_of(text, "RssFile:");
  return peak < 0 || files < 0 ? -1 : peak > files ? peak - files : 0;
}

int64_t csys_private_bytes(int process) {
  char text[4096];
  if (!read_status(process, text, sizeof text)) return -1;
  const int64_t anonymous = bytes_of(text, "RssAnon:"), shared = bytes_of(text, "RssShmem:");
  return anonymous < 0 || shared < 0 ? -1 : anonymous + shared;
}
