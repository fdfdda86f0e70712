#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#define _TIME_BITS 64
#include "csys_status.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "csys_file.h"

static void fill(csys_status *status, const struct stat *raw) {
  const mode_t type = raw->st_mode & S_IFMT;
  status->kind = type == S_IFREG    ? CSYS_FILE_REGULAR
                 : type == S_IFDIR  ? CSYS_FILE_DIRECTORY
                 : type == S_IFIFO  ? CSYS_FILE_FIFO
                 : type == S_IFCHR  ? CSYS_FILE_CHARACTER_DEVICE
                 : type == S_IFBLK  ? CSYS_FILE_BLOCK_DEVICE
                 : type == S_IFSOCK ? CSYS_FILE_SOCKET
                                    : CSYS_FILE_OTHER;
  status->device = raw->st_dev;
  status->inode = raw->st_ino;
  status->bytes = (uint64_t)raw->st_size;
  status->modified_nanoseconds =
      (int64_t)raw->st_mtim.tv_sec * 1000000000 + (int64_t)raw->st_mtim.tv_nsec;
}

int csys_look(const char *path, csys_status *status) {
  struct stat raw;
  if (lstat(path, &raw) != 0) return errno;
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
