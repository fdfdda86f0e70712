// Counts a process's heap calls, for LD_PRELOAD: malloc, calloc, realloc, free and the aligned
// ones. The number is kept in the file that HEAPCOUNT_OUTPUT names, as 8 bytes in native order that
// are mapped, so that it is right however the process ends.
// glibc only: the calls go on to its own names. C++'s new and delete arrive here as malloc and
// free.
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static atomic_ulong before_mapping;
static atomic_ulong *calls = &before_mapping;

static void count(void) {
  atomic_fetch_add_explicit(calls, 1, memory_order_relaxed);
}

void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count();
  return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
  count();
  return __libc_realloc(block, size);
}

void free(void *block) {
  if (block) count();
  __libc_free(block);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  count();
  void *found = __libc_memalign(alignment, size);
  if (!found) return ENOMEM;
  *block = found;
  return 0;
}

__attribute__((constructor)) static void map(void) {
  const char *path = getenv("HEAPCOUNT_OUTPUT");
  int file = path ? open(path, O_RDWR) : -1;
  if (file < 0 || ftruncate(file, sizeof *calls) != 0) return;
  void *found = mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (found != MAP_FAILED) calls = found;
}
