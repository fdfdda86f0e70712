#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csys_durable.h"
#include "csys_file.h"

int csys_write_beside(const char *fresh, const char *path, const void *bytes, size_t count) {
  const int descriptor = csys_open_fresh(fresh, 0);
  if (descriptor < 0) return -descriptor;
  // What reads the old file shall read the new one.
  struct stat status;
  const int has_old = stat(path, &status) == 0;
  int error = 0;
  if (fchmod(descriptor, has_old ? status.st_mode & 0777 : 0644) != 0) error = errno;
  // Only root can give files away, and nobody else has to.
  if (!error && has_old && fchown(descriptor, status.st_uid, status.st_gid) != 0 &&
      errno != EPERM) {
    error = errno;
  }
  if (!error) error = csys_write_all(descriptor, bytes, count);
  if (!error && fsync(descriptor) != 0) error = errno;
  close(descriptor);
  if (error) unlink(fresh);
  return error;
}

int csys_keep_as(const char *path, const char *old, const char *scratch) {
  if (unlink(scratch) != 0 && errno != ENOENT) return errno;
  if (link(path, scratch) == 0) {
    if (rename(scratch, old) == 0) return 0;
    const int error = errno;
    unlink(scratch);
    return error;
  }
  // Some file systems have no second names: then the first is free for a moment.
  if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK && errno != ENOSYS) return errno;
  return rename(path, old) == 0 ? 0 : errno;
}
