#define _GNU_SOURCE
#include "csys_process.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

void csys_ignore_broken_pipes(void) {
  signal(SIGPIPE, SIG_IGN);
}

void csys_exit(int status) {
  _exit(status);
}

int64_t csys_peak_resident_bytes(void) {
  // Not stdio: it would take a buffer from the heap.
  char text[4096];
  int descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  ssize_t count = read(descriptor, text, sizeof text - 1);
  close(descriptor);
  if (count <= 0) return -1;
  text[count] = 0;
  const char *line = strstr(text, "VmHWM:");
  if (!line) return -1;
  int64_t kibibytes = 0;
  for (line += 6; *line == ' ' || *line == '\t'; line++) {
  }
  for (; *line >= '0' && *line <= '9'; line++) kibibytes = kibibytes * 10 + (*line - '0');
  return kibibytes * 1024;
}
