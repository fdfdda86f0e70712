#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "csys_durable.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_for_results(const char *path, int extra) {
  int descriptor;
  do {
    descriptor =
        open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | extra, 0644);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor < 0 ? -errno : descriptor;
}

int csys_open_append(const char *path) {
  return open_for_results(path, 0);
}

int csys_open_empty(const char *path) {
  return open_for_results(path, O_TRUNC);
}

int64_t csys_file_bytes(int descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 ? (int64_t)status.st_size : -(int64_t)errno;
}

int64_t csys_read_at(int descriptor, void *bytes, size_t count, int64_t offset) {
  size_t done = 0;
  while (done < count) {
    const ssize_t got =
        pread(descriptor, (char *)bytes + done, count - done, offset + (int64_t)done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -(int64_t)errno;
    if (got == 0) break;
    done += (size_t)got;
  }
  return (int64_t)done;
}

int csys_truncate(int descriptor, int64_t bytes) {
  return ftruncate(descriptor, bytes) == 0 ? 0 : errno;
}

int csys_sync(int descriptor) {
  int result;
  do {
    result = fdatasync(descriptor);
  } while (result != 0 && errno == EINTR);
  return result == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
}

int csys_sync_folder_of(const char *path) {
  char folder[PATH_MAX];
  const char *slash = strrchr(path, '/');
  const size_t length = slash ? (size_t)(slash - path) : 0;
  if (length >= sizeof folder) return ENAMETOOLONG;
  memcpy(folder, path, length);
  folder[length] = 0;
  const char *name = length ? folder : slash ? "/" : ".";
  const int descriptor = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  // Some file systems can't do this for folders, and say EINVAL.
  const int error = fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
  close(descriptor);
  return error;
}

int csys_claim(int descriptor) {
  struct flock lock;
  memset(&lock, 0, sizeof lock);
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return fcntl(descriptor, F_OFD_SETLK, &lock) == 0 ? 0 : errno == EACCES ? EAGAIN : errno;
}

int csys_rename(const char *from, const char *to) {
  return rename(from, to) == 0 ? 0 : errno;
}

int csys_rename_new(const char *from, const char *to) {
  if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // A file system or kernel without it: a second name is made, which never replaces, then the first
  // one goes. A crash in between leaves both.
  if (link(from, to) != 0) return errno;
  return unlink(from) == 0 ? 0 : errno;
}

int csys_remove(const char *path) {
  return unlink(path) == 0 ? 0 : errno;
}
