#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "csys_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

int csys_file_kind_of(unsigned mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return CSYS_FILE_REGULAR;
    case S_IFDIR:
      return CSYS_FILE_DIRECTORY;
    case S_IFIFO:
      return CSYS_FILE_FIFO;
    case S_IFCHR:
      return CSYS_FILE_CHARACTER_DEVICE;
    case S_IFBLK:
      return CSYS_FILE_BLOCK_DEVICE;
    case S_IFSOCK:
      return CSYS_FILE_SOCKET;
    default:
      return CSYS_FILE_OTHER;
  }
}

int csys_file_kind(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 ? csys_file_kind_of(status.st_mode) : -errno;
}

int csys_is_link(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

int csys_open_regular(const char *path) {
  // Opening a device can already act on it (a watchdog starts ticking), so look first; the path may
  // change in between, so look again at what was opened.
  int kind = csys_file_kind(path);
  if (kind < 0) return kind;
  if (kind != CSYS_FILE_REGULAR) return -EINVAL;
  int descriptor;
  do {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) return -errno;
  struct stat status;
  int error = fstat(descriptor, &status) != 0 ? errno : S_ISREG(status.st_mode) ? 0 : EINVAL;
  if (error == 0) return descriptor;
  close(descriptor);
  return -error;
}

void csys_close(int descriptor) {
  close(descriptor);
}

int csys_first_bytes(const char *path, uint8_t *bytes, int capacity) {
  int descriptor = csys_open_regular(path);
  if (descriptor < 0) return descriptor;
  int count = 0;
  while (count < capacity) {
    ssize_t got = read(descriptor, bytes + count, (size_t)(capacity - count));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) count = -errno;
    if (got <= 0) break;
    count += (int)got;
  }
  close(descriptor);
  return count;
}

int csys_write_all(int descriptor, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t written = write(descriptor, next, count);
    if (written >= 0) {
      next += written;
      count -= (size_t)written;
    } else if (errno == EAGAIN) {
      // Whoever started us may have made the pipe or terminal non-blocking.
      struct pollfd wait = {.fd = descriptor, .events = POLLOUT};
      if (poll(&wait, 1, -1) < 0 && errno != EINTR) return errno;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int csys_write_unless(int descriptor, int stop, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    struct pollfd wait[2] = {{descriptor, POLLOUT, 0}, {stop, POLLIN, 0}};
    // A pipe that can be written takes PIPE_BUF bytes without waiting; files always can.
    if (poll(wait, 2, stop == CSYS_NEVER_WAIT ? 0 : -1) < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    if (wait[0].revents == 0) return ECANCELED;
    const ssize_t written = write(descriptor, next, count);
    if (written >= 0) {
      next += written;
      count -= (size_t)written;
    } else if (errno != EINTR && errno != EAGAIN) {
      return errno;
    }
  }
  return 0;
}
