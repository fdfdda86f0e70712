#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "csys_durable.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_appending(const char *path, int extra, mode_t mode) {
  int descriptor;
  do {
    descriptor =
        open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | extra, mode);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor < 0 ? -errno : descriptor;
}

/// The folder that holds what the path names, as `flags` say; or a negative errno.
static int open_folder_of(const char *path, int flags) {
  char folder[PATH_MAX];
  const char *slash = strrchr(path, '/');
  const size_t length = slash ? (size_t)(slash - path) : 0;
  if (length >= sizeof folder) return -ENAMETOOLONG;
  memcpy(folder, path, length);
  folder[length] = 0;
  const char *name = length ? folder : slash ? "/" : ".";
  const int descriptor = open(name, flags | O_DIRECTORY | O_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

/// Whether only root and ourselves can put names into the folder of the path.
static bool is_in_safe_folder(const char *path) {
  const int folder = open_folder_of(path, O_PATH);
  if (folder < 0) return false;
  struct stat status;
  const bool is_known = fstat(folder, &status) == 0;
  close(folder);
  return is_known && (status.st_uid == 0 || status.st_uid == getauxval(AT_EUID)) &&
         (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

int csys_open_results(const char *path) {
  const int descriptor = open_appending(path, O_NOFOLLOW, 0640);
  if (descriptor != -ELOOP || !is_in_safe_folder(path)) return descriptor;
  return open_appending(path, 0, 0640);
}

int csys_open_private(const char *path) {
  return open_appending(path, O_NOFOLLOW, 0600);
}

int csys_open_fresh(const char *path, int is_private) {
  if (unlink(path) != 0 && errno != ENOENT) return -errno;
  return open_appending(path, O_EXCL | O_NOFOLLOW, is_private ? 0600 : 0640);
}

int csys_open_written(const char *path) {
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
  return descriptor < 0 ? -errno : descriptor;
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
  const int descriptor = open_folder_of(path, O_RDONLY);
  if (descriptor < 0) return -descriptor;
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

int csys_remove(const char *path) {
  return unlink(path) == 0 ? 0 : errno;
}
