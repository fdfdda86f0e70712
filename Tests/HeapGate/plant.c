// LD_PRELOAD library behind heap_gate.so that calls one function of the heap, once, when the fifth
// regular path that begins with HEAP_GATE_FROM is opened: the gate must then fail. HEAP_PLANT names
// the function. Where standard input is read, the fifth read counts. With HEAP_PLANT_DECODER it is
// called in the decoding process instead, with the fifth JPEG.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void *block;
static void *pages;

__attribute__((constructor)) static void prepare(void) {
  block = malloc(24);
  pages = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void plant(void) {
  const char *name = getenv("HEAP_PLANT");
  static volatile size_t bytes = 24;
  void *volatile made = NULL;
  if (!name) return;
  if (strcmp(name, "malloc") == 0) made = malloc(bytes);
  if (strcmp(name, "calloc") == 0) made = calloc(1, bytes);
  if (strcmp(name, "realloc") == 0) made = realloc(block, 2 * bytes);
  if (strcmp(name, "reallocarray") == 0) made = reallocarray(block, 2, bytes);
  if (strcmp(name, "free") == 0) free(block);
  if (strcmp(name, "posix_memalign") == 0 && posix_memalign((void **)&made, 64, bytes)) abort();
  if (strcmp(name, "aligned_alloc") == 0) made = aligned_alloc(64, 64);
  if (strcmp(name, "memalign") == 0) made = memalign(64, bytes);
  if (strcmp(name, "valloc") == 0) made = valloc(bytes);
  if (strcmp(name, "pvalloc") == 0) made = pvalloc(bytes);
  if (strcmp(name, "mmap") == 0)
    made = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (strcmp(name, "munmap") == 0) munmap(pages, 4096);
  if (strcmp(name, "mremap") == 0) made = mremap(pages, 4096, 8192, MREMAP_MAYMOVE);
  if (strcmp(name, "brk") == 0) brk(NULL);
  if (strcmp(name, "sbrk") == 0) made = sbrk(4096);
}

static void see(void) {
  static int seen;
  if (++seen == 5 && !getenv("HEAP_PLANT_DECODER")) plant();
}

typedef int read_header_function(void *decoder, int needs_image);
static read_header_function *next_read_header;

// Looked up before anything counts.
__attribute__((constructor)) static void prepare_decoder(void) {
  next_read_header = (read_header_function *)dlsym(RTLD_NEXT, "jpeg_read_header");
}

int jpeg_read_header(void *decoder, int needs_image) {
  static int seen;
  if (++seen == 5 && getenv("HEAP_PLANT_DECODER")) plant();
  return next_read_header(decoder, needs_image);
}

static void see_path(const char *path) {
  const char *from = getenv("HEAP_GATE_FROM");
  if (from && strncmp(path, from, strlen(from)) == 0) see();
}

typedef int open_function(const char *path, int flags, ...);

static int open_through(const char *name, const char *path, int flags, mode_t mode) {
  open_function *next = (open_function *)dlsym(RTLD_NEXT, name);
  see_path(path);
  return next(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_through("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_through("open64", path, flags, mode);
}

typedef int openat_function(int folder, const char *path, int flags, ...);

static int openat_through(const char *name, int folder, const char *path, int flags, mode_t mode) {
  openat_function *next = (openat_function *)dlsym(RTLD_NEXT, name);
  see_path(path);
  return next(folder, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return openat_through("openat", folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return openat_through("openat64", folder, path, flags, mode);
}

ssize_t read(int file, void *bytes, size_t count) {
  ssize_t (*next)(int, void *, size_t) = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
  if (file == 0 && getenv("HEAP_GATE_FROM") && strcmp(getenv("HEAP_GATE_FROM"), "-") == 0) see();
  return next(file, bytes, count);
}
