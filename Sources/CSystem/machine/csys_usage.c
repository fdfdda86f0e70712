#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "csys_usage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include "csys_file.h"

/// A text file line by line in fixed memory. Longer lines are cut.
typedef struct {
  int descriptor;
  int used;
  int filled;
  char block[4096];
  char line[512];
} lines;

static bool lines_open(lines *text, const char *path) {
  text->used = text->filled = 0;
  text->descriptor = open(path, O_RDONLY | O_CLOEXEC);
  return text->descriptor >= 0;
}

static bool lines_next(lines *text) {
  size_t count = 0;
  for (;;) {
    if (text->used == text->filled) {
      ssize_t got;
      do {
        got = read(text->descriptor, text->block, sizeof text->block);
      } while (got < 0 && errno == EINTR);
      if (got <= 0) return false;
      text->used = 0;
      text->filled = (int)got;
    }
    const char byte = text->block[text->used++];
    if (byte == '\n') break;
    if (count < sizeof text->line - 1) text->line[count++] = byte;
  }
  text->line[count] = '\0';
  return true;
}

/// Hexadecimal digits at `*text`, which moves behind them.
static uint64_t hexadecimal(const char **text) {
  uint64_t value = 0;
  for (;; (*text)++) {
    const char byte = **text;
    if (byte >= '0' && byte <= '9') {
      value = value << 4 | (uint64_t)(byte - '0');
    } else if (byte >= 'a' && byte <= 'f') {
      value = value << 4 | (uint64_t)(byte - 'a' + 10);
    } else {
      return value;
    }
  }
}

/// "Rss:    12 kB" as 12288.
static int64_t kibibytes(const char *text) {
  while (*text && (*text < '0' || *text > '9')) text++;
  int64_t value = 0;
  for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + (*text - '0');
  return value * 1024;
}

csys_usage csys_read_usage(void) {
  csys_usage usage = {-1, -1, (uint64_t)(uintptr_t)sbrk(0), -1, -1};
  struct rusage resources;
  if (getrusage(RUSAGE_SELF, &resources) == 0) {
    usage.minor_faults = resources.ru_minflt;
    usage.major_faults = resources.ru_majflt;
  }
  lines maps;
  if (!lines_open(&maps, "/proc/self/maps")) return usage;
  usage.mappings = usage.mapped_bytes = 0;
  while (lines_next(&maps)) {
    const char *text = maps.line;
    const uint64_t first = hexadecimal(&text);
    if (*text != '-') continue;
    text++;
    const uint64_t end = hexadecimal(&text);
    // The main thread's stack grows by itself.
    if (strstr(text, "[stack]")) continue;
    usage.mappings++;
    usage.mapped_bytes += (int64_t)(end - first);
  }
  csys_close(maps.descriptor);
  return usage;
}

int64_t csys_resident_bytes(void) {
  lines status;
  if (!lines_open(&status, "/proc/self/status")) return -1;
  int64_t bytes = -1;
  while (bytes < 0 && lines_next(&status)) {
    if (strncmp(status.line, "VmRSS:", 6) == 0) bytes = kibibytes(status.line);
  }
  csys_close(status.descriptor);
  return bytes;
}

int64_t csys_touched_bytes(const void *bytes) {
  lines smaps;
  if (!lines_open(&smaps, "/proc/self/smaps")) return -1;
  int64_t touched = -1;
  bool is_ours = false;
  while (touched < 0 && lines_next(&smaps)) {
    const char *text = smaps.line;
    const uint64_t first = hexadecimal(&text);
    if (text > smaps.line && *text == '-') {
      is_ours = first == (uint64_t)(uintptr_t)bytes;
    } else if (is_ours && strncmp(smaps.line, "Rss:", 4) == 0) {
      touched = kibibytes(smaps.line);
    }
  }
  csys_close(smaps.descriptor);
  return touched;
}

int64_t csys_cached_bytes(const void *bytes, size_t count) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  unsigned char cached[1024];
  int64_t total = 0;
  for (size_t at = 0; at < count; at += page * sizeof cached) {
    const size_t rest = count - at;
    const size_t length = rest < page * sizeof cached ? rest : page * sizeof cached;
    if (mincore((void *)((uintptr_t)bytes + at), length, cached) != 0) return -1;
    for (size_t p = 0; p * page < length; p++) {
      if (cached[p] & 1) total += (int64_t)(length - p * page < page ? length - p * page : page);
    }
  }
  return total;
}

int csys_drop_cache(const char *path) {
  const int descriptor = csys_open_regular(path);
  if (descriptor < 0) return -descriptor;
  // Changed pages stay: have them written first.
  fdatasync(descriptor);
  const int error = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
  csys_close(descriptor);
  return error;
}
