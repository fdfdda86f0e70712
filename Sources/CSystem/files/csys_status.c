#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#define _TIME_BITS 64
#include "csys_status.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "csys_file.h"

/// A file may carry any time that its owner chose.
static int64_t nanoseconds(const struct timespec *time) {
  int64_t count;
  if (!__builtin_mul_overflow((int64_t)time->tv_sec, 1000000000, &count) &&
      !__builtin_add_overflow(count, (int64_t)time->tv_nsec, &count)) {
    return count;
  }
  return time->tv_sec < 0 ? INT64_MIN : INT64_MAX;
}

static void fill(csys_status *status, const struct stat *raw) {
  status->kind = csys_file_kind_of(raw->st_mode);
  status->device = raw->st_dev;
  status->inode = raw->st_ino;
  status->bytes = (uint64_t)raw->st_size;
  status->modified_nanoseconds = nanoseconds(&raw->st_mtim);
  status->changed_nanoseconds = nanoseconds(&raw->st_ctim);
}

int csys_look(const char *path, csys_status *status) {
  return csys_look_in(AT_FDCWD, path, status);
}

int csys_look_in(int folder, const char *name, csys_status *status) {
  struct stat raw;
  if (fstatat(folder, name, &raw, AT_SYMLINK_NOFOLLOW) != 0) return errno;
  fill(status, &raw);
  return 0;
}

int csys_look_at(int descriptor, csys_status *status) {
  struct stat raw;
  if (fstat(descriptor, &raw) != 0) return errno;
  fill(status, &raw);
  return 0;
}

int csys_is_being_written(int descriptor) {
  if (fcntl(descriptor, F_SETLEASE, F_RDLCK) == 0) {
    fcntl(descriptor, F_SETLEASE, F_UNLCK);
    return CSYS_WRITING_NO;
  }
  return errno == EAGAIN ? CSYS_WRITING_YES : CSYS_WRITING_UNKNOWN;
}
