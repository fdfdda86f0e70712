#include "check.h"
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// usage: kernel-check [ROUNDS]      (default: 300; ten random operations each)
//
// Compares every table of kernels that this CPU can run with the reference, byte by byte: random
// shapes, strides, padding, views and splits, extreme values, with inaccessible pages around all
// memory. Prints the cases of each table, a digest of the reference's answers, which is the same on
// every machine, and "N passed, N failed". The status is 0 when nothing failed.

static char operation[256];
static uint64_t digest = 0xCBF29CE484222325u;
static int passed, failed;
static struct {
  const char *isa;
  int passed, failed;
} tallies[16];

void describe(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(operation, sizeof operation, format, arguments);
  va_end(arguments);
}

void absorb(const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) digest = (digest ^ bytes[i]) * 0x100000001B3u;
}

void compare(const ck_kernels *kernels, const uint8_t *found, const uint8_t *expected,
             size_t bytes) {
  size_t t = 0;
  while (tallies[t].isa && strcmp(tallies[t].isa, kernels->isa) != 0) t++;
  tallies[t].isa = kernels->isa;
  if (memcmp(found, expected, bytes) == 0) {
    tallies[t].passed++;
    passed++;
    return;
  }
  tallies[t].failed++;
  if (failed++ >= 10) return;
  size_t at = 0;
  while (found[at] == expected[at]) at++;
  printf("FAIL %s: %s: byte %zu is %d instead of %d\n", kernels->isa, operation, at, found[at],
         expected[at]);
}

/// Says which operation touched memory that isn't its own.
static void stray(int signal) {
  (void)signal;
  const char text[] = "FAIL memory outside its operands was touched by: ";
  if (write(STDOUT_FILENO, text, sizeof text - 1) < 0 ||
      write(STDOUT_FILENO, operation, strlen(operation)) < 0 || write(STDOUT_FILENO, "\n", 1) < 0) {
    _exit(2);
  }
  _exit(1);
}

int main(int argc, char **argv) {
  const int rounds = argc > 1 ? atoi(argv[1]) : 300;
  if (argc > 2 || rounds < 1) {
    fprintf(stderr, "usage: kernel-check [ROUNDS]\n");
    return 2;
  }
  setvbuf(stdout, NULL, _IONBF, 0);
  signal(SIGSEGV, stray);
  signal(SIGBUS, stray);
  map_blocks();
  const ck_kernels *reference = ck_kernels_named("reference");
  for (int i = 0; i < rounds * 10; i++) {
    begin_case((uint32_t)i);
    switch (i % 10) {
      case 4:
      case 5:
        check_convolution(reference, true);
        break;
      case 6:
        check_pool(reference, false);
        break;
      case 7:
        check_pool(reference, true);
        break;
      case 8:
        check_add(reference);
        check_mul(reference);
        break;
      case 9:
        check_map(reference);
        break;
      default:
        check_convolution(reference, false);
        break;
    }
  }
  for (size_t t = 0; tallies[t].isa; t++) {
    printf("%-10s %6d passed, %d failed\n", tallies[t].isa, tallies[t].passed, tallies[t].failed);
  }
  printf("digest     %016llx\n", (unsigned long long)digest);
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
