// LD_PRELOAD library that counts what a program, its decoding process included, asks of the heap
// and of the kernel's memory once its start-up is over: the counts lie in memory that its processes
// share. The program under test knows nothing of it. Start-up is over with the first open of a path
// that begins with HEAP_GATE_FROM, or, where that is "-", with the first read of standard input:
// opening the first picture or its folder is the first thing that `sinf classify` does when
// everything is ready, and opening the first picture by its name in the folder what `sinf watch`
// does.
//
// At the first process's end one line a function goes to the file HEAP_GATE_REPORT:
//   started 1
//   opens 1000            paths opened since that begin with HEAP_GATE_FROM
//   calls 0               the sum of what follows
//   malloc 0 ...
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FUNCTIONS(each)                                                                      \
  each(malloc) each(calloc) each(realloc) each(reallocarray) each(free) each(posix_memalign) \
      each(aligned_alloc) each(memalign) each(valloc) each(pvalloc) each(mmap) each(munmap)  \
          each(mremap) each(brk) each(sbrk)

enum {
#define NUMBER(name) COUNT_##name,
  FUNCTIONS(NUMBER) COUNTS
};

static const char *const names[] = {
#define NAME(name) #name,
    FUNCTIONS(NAME)};

static struct {
  unsigned long counts[COUNTS], opens;
  bool started;
} before_it_is_mapped, *shared = &before_it_is_mapped;
static pid_t first_process;
static const char *from, *report;

// glibc's own names, so that nothing has to be looked up before the heap works.
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *block, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *block);

static void count(int which) {
  if (shared->started) __atomic_fetch_add(&shared->counts[which], 1, __ATOMIC_RELAXED);
}

void *malloc(size_t bytes) {
  count(COUNT_malloc);
  return __libc_malloc(bytes);
}

void *calloc(size_t number, size_t bytes) {
  count(COUNT_calloc);
  return __libc_calloc(number, bytes);
}

void *realloc(void *block, size_t bytes) {
  count(COUNT_realloc);
  return __libc_realloc(block, bytes);
}

void *reallocarray(void *block, size_t number, size_t bytes) {
  count(COUNT_reallocarray);
  size_t total;
  if (!__builtin_mul_overflow(number, bytes, &total)) return __libc_realloc(block, total);
  errno = ENOMEM;
  return NULL;
}

void free(void *block) {
  count(COUNT_free);
  __libc_free(block);
}

int posix_memalign(void **block, size_t alignment, size_t bytes) {
  count(COUNT_posix_memalign);
  *block = __libc_memalign(alignment, bytes);
  return *block ? 0 : ENOMEM;
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  count(COUNT_aligned_alloc);
  return __libc_memalign(alignment, bytes);
}

void *memalign(size_t alignment, size_t bytes) {
  count(COUNT_memalign);
  return __libc_memalign(alignment, bytes);
}

void *valloc(size_t bytes) {
  count(COUNT_valloc);
  return __libc_memalign(4096, bytes);
}

void *pvalloc(size_t bytes) {
  count(COUNT_pvalloc);
  return __libc_memalign(4096, (bytes + 4095) & ~(size_t)4095);
}

void *mmap(void *at, size_t bytes, int protection, int flags, int file, off_t offset) {
  count(COUNT_mmap);
  return (void *)syscall(SYS_mmap, at, bytes, protection, flags, file, offset);
}

void *mmap64(void *at, size_t bytes, int protection, int flags, int file, off64_t offset) {
  return mmap(at, bytes, protection, flags, file, offset);
}

int munmap(void *at, size_t bytes) {
  count(COUNT_munmap);
  return (int)syscall(SYS_munmap, at, bytes);
}

void *mremap(void *at, size_t bytes, size_t new_bytes, int flags, ...) {
  count(COUNT_mremap);
  va_list rest;
  va_start(rest, flags);
  void *to = va_arg(rest, void *);
  va_end(rest);
  return (void *)syscall(SYS_mremap, at, bytes, new_bytes, flags, to);
}

int brk(void *end) {
  count(COUNT_brk);
  int (*next)(void *) = (int (*)(void *))dlsym(RTLD_NEXT, "brk");
  return next(end);
}

void *sbrk(intptr_t change) {
  count(COUNT_sbrk);
  void *(*next)(intptr_t) = (void *(*)(intptr_t))dlsym(RTLD_NEXT, "sbrk");
  return next(change);
}

// --- the marker

typedef int open_function(const char *path, int flags, ...);
typedef int openat_function(int folder, const char *path, int flags, ...);
static open_function *next_open, *next_open64;
static openat_function *next_openat, *next_openat64;
static ssize_t (*next_read)(int file, void *bytes, size_t count);

// Looking a name up may allocate: it is done here, before anything counts.
__attribute__((constructor)) static void prepare(void) {
  void *mapping = (void *)syscall(SYS_mmap, NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) abort();
  shared = mapping;
  first_process = (pid_t)syscall(SYS_getpid);
  from = getenv("HEAP_GATE_FROM");
  report = getenv("HEAP_GATE_REPORT");
  next_open = (open_function *)dlsym(RTLD_NEXT, "open");
  next_open64 = (open_function *)dlsym(RTLD_NEXT, "open64");
  next_openat = (openat_function *)dlsym(RTLD_NEXT, "openat");
  next_openat64 = (openat_function *)dlsym(RTLD_NEXT, "openat64");
  next_read = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
}

static void see_path(const char *path) {
  if (!from || strncmp(path, from, strlen(from)) != 0) return;
  if (shared->started) shared->opens++;
  shared->started = true;
}

static int open_through(open_function *next, const char *path, int flags, va_list rest) {
  mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  see_path(path);
  return next(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int file = open_through(next_open, path, flags, rest);
  va_end(rest);
  return file;
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int file = open_through(next_open64, path, flags, rest);
  va_end(rest);
  return file;
}

static int openat_through(openat_function *next, int folder, const char *path, int flags,
                          va_list rest) {
  mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  see_path(path);
  return next(folder, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int file = openat_through(next_openat, folder, path, flags, rest);
  va_end(rest);
  return file;
}

int openat64(int folder, const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int file = openat_through(next_openat64, folder, path, flags, rest);
  va_end(rest);
  return file;
}

ssize_t read(int file, void *bytes, size_t count) {
  if (file == 0 && from && strcmp(from, "-") == 0) shared->started = true;
  return next_read(file, bytes, count);
}

// --- the report

static void write_report(void) {
  if (!report || syscall(SYS_getpid) != first_process) return;
  const bool began = shared->started;
  shared->started = false;
  const unsigned long *counts = shared->counts, opens = shared->opens;
  unsigned long sum = 0;
  for (int i = 0; i < COUNTS; i++) sum += counts[i];
  FILE *file = fopen(report, "w");
  if (!file) abort();
  fprintf(file, "started %d\nopens %lu\ncalls %lu\n", began, opens, sum);
  for (int i = 0; i < COUNTS; i++) fprintf(file, "%s %lu\n", names[i], counts[i]);
  if (fclose(file) != 0) abort();
}

void _exit(int status) {
  write_report();
  for (;;) syscall(SYS_exit_group, status);
}
