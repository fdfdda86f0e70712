#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "csys_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int csys_map_file(const char *path, const void **bytes, size_t *count) {
  *bytes = NULL;
  *count = 0;
  // Without O_NONBLOCK, opening a FIFO would wait for somebody to write into it.
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return errno;
  struct stat status;
  int error = 0;
  if (fstat(fd, &status) != 0) {
    error = errno;
  } else if (S_ISDIR(status.st_mode)) {
    error = EISDIR;
  } else if (!S_ISREG(status.st_mode)) {
    error = EINVAL;
  } else if ((uint64_t)status.st_size > (uint64_t)PTRDIFF_MAX) {
    error = EFBIG;
  } else if (status.st_size > 0) {
    void *base = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (base == MAP_FAILED) {
      error = errno;
    } else {
      *bytes = base;
      *count = (size_t)status.st_size;
    }
  }
  close(fd);
  return error;
}

void *csys_map_anonymous(size_t count) {
  void *base = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return base == MAP_FAILED ? NULL : base;
}

void *csys_map_guarded(size_t count) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t whole = (count + page - 1) & ~(page - 1);
  if (whole < count || whole + page < whole) return NULL;
  char *base = csys_map_anonymous(whole + page);
  if (base && mprotect(base + whole, page, PROT_NONE) != 0) {
    munmap(base, whole + page);
    return NULL;
  }
  return base;
}

void csys_unmap_guarded(const void *bytes, size_t count) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  if (bytes) munmap((void *)(uintptr_t)bytes, ((count + page - 1) & ~(page - 1)) + page);
}

void csys_forget_pages(void *bytes, size_t count) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t end = ((uintptr_t)bytes + count + page - 1) & ~(page - 1);
  madvise(bytes, end - (uintptr_t)bytes, MADV_DONTNEED);
}

void csys_unmap(const void *bytes, size_t count) {
  if (bytes) munmap((void *)(uintptr_t)bytes, count);
}

void csys_drop_pages(const void *bytes, size_t count) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t first = ((uintptr_t)bytes + page - 1) & ~(page - 1);
  const uintptr_t end = ((uintptr_t)bytes + count) & ~(page - 1);
  if (first < end) madvise((void *)first, end - first, MADV_DONTNEED);
}
