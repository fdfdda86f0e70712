#define _GNU_SOURCE
#include "cdec_plant.h"

#ifdef CDEC_PLANTED
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int overrun_stack(volatile int depth) {
  volatile char block[4096];
  block[0] = (char)depth;
  return depth < 1 << 20 ? overrun_stack(depth + 1) + block[0] : 0;
}

/// Answers with bytes from a generator: whatever the fields are, they are anything.
static void answer_noise(const cdec_plan *plan, uint64_t seed) {
  uint8_t *bytes = (uint8_t *)plan->shared + offsetof(cdec_shared, order);
  for (size_t i = 0; i < sizeof(cdec_shared) - offsetof(cdec_shared, order); i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    bytes[i] = (uint8_t)(seed >> 56);
  }
}

static void answer_lie(const cdec_plan *plan, const char *kind) {
  cdec_shared *shared = plan->shared;
  shared->error = (cimg_error){0};
  shared->info = (cimg_info){
      .format = CIMG_FORMAT_PNG, .orientation = 1, .scale_denominator = 1, .width = 8, .height = 8};
  shared->consumed = 8;
  if (strcmp(kind, "consumed") == 0) shared->consumed = UINT64_MAX - 3;
  if (strcmp(kind, "format") == 0) shared->info.format = 77;
  if (strcmp(kind, "size") == 0) shared->info.width = shared->info.height = 0xFFFFFFFFu;
  if (strcmp(kind, "code") == 0) shared->error.code = -5;
  if (strcmp(kind, "system") == 0) shared->error.code = CIMG_IO;
  if (strcmp(kind, "memory") == 0) shared->error.code = CIMG_MEMORY;
  if (strcmp(kind, "offset") == 0) {
    shared->error.code = CIMG_CORRUPT;
    shared->error.offset = UINT64_MAX;
  }
  if (strcmp(kind, "message") == 0) {
    shared->error.code = CIMG_CORRUPT;
    shared->error.message_count = 255;
    memset(shared->error.message, 'x', CIMG_MESSAGE_BYTES);
  }
  if (strcmp(kind, "escape") == 0) {
    // Not refused, but nothing of it may reach a terminal.
    static const char text[] = "\033]0;title\007\r\n\xFF";
    shared->error.code = CIMG_CORRUPT;
    shared->error.message_count = sizeof text - 1;
    memcpy(shared->error.message, text, sizeof text);
  }
}

/// What is possible of all that should not be, in the message of an error.
static void probe(const cdec_plan *plan) {
  char text[CIMG_MESSAGE_BYTES] = "possible:";
  size_t count = strlen(text);
  const struct {
    const char *name;
    long result;
  } attempts[] = {
      {"open", open("/etc/passwd", O_RDONLY)},
      {"create", open("/tmp/sinf-planted", O_CREAT | O_WRONLY, 0600)},
      {"stat", syscall(SYS_faccessat, AT_FDCWD, "/", 0)},
      {"read", read(0, text, 0)},
      {"write", write(2, text, 0)},
      {"dup", dup(2)},
      {"fcntl", fcntl(3, F_SETOWN, getppid())},
      {"pipe", syscall(SYS_pipe2, text + 64, 0)},
      {"socket", socket(AF_UNIX, SOCK_STREAM, 0)},
      {"internet", socket(AF_INET, SOCK_STREAM, 0)},
      {"fork", fork()},
      {"clone", syscall(SYS_clone, CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD, 0, 0, 0, 0)},
      {"kill", kill(getppid(), 0)},
      {"tgkill", syscall(SYS_tgkill, getppid(), getppid(), 0)},
      {"ptrace", syscall(SYS_ptrace, 16, getppid(), 0, 0)},
      {"readv", syscall(SYS_process_vm_readv, getppid(), 0, 0, 0, 0, 0)},
      {"mmap",
       mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED ? 0 : -1},
      {"mprotect", mprotect(plan->window, 4096, PROT_READ | PROT_WRITE | PROT_EXEC)},
      {"prctl", prctl(PR_SET_DUMPABLE, 1)},
      {"exec", execve("/bin/true", (char *const[]){"true", NULL}, NULL)},
      {"setuid", syscall(SYS_setuid, 0)},
      {"unshare", syscall(SYS_unshare, 0x10000000)},
      {"nice", syscall(SYS_setpriority, 0, 0, 1)},
      {"memfd", syscall(SYS_memfd_create, "x", 0)},
      {"requeue", syscall(SYS_futex, &plan->shared->seen, 3, 0, 0, &plan->shared->at, 0)},
  };
  for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
    const size_t length = strlen(attempts[i].name);
    if (attempts[i].result < 0 || count + length + 2 > sizeof text) continue;
    text[count++] = ' ';
    memcpy(text + count, attempts[i].name, length);
    count += length;
  }
  cdec_shared *shared = plan->shared;
  shared->error = (cimg_error){.code = CIMG_UNSUPPORTED, .message_count = (uint8_t)count};
  memcpy(shared->error.message, text, count);
  shared->info = (cimg_info){0};
  shared->consumed = 0;
}

enum { MARK_LIMIT = 96 };

bool cdec_plant(size_t count, const cdec_plan *plan) {
  static const char mark[] = "planted:";
  // In front of a picture's data, where the next one's can't stand yet.
  if (count > MARK_LIMIT) count = MARK_LIMIT;
  const char *found = memmem(plan->window, count, mark, sizeof mark - 1);
  if (!found) return false;
  char kind[32] = "";
  const char *end = (const char *)plan->window + count;
  found += sizeof mark - 1;
  for (size_t i = 0; i < sizeof kind - 1 && found + i < end && found[i] != ';'; i++) {
    kind[i] = found[i];
  }
  if (strcmp(kind, "crash") == 0) *(volatile int *)8 = 1;
  if (strcmp(kind, "abort") == 0) abort();
  if (strcmp(kind, "exit") == 0) _exit(0);
  if (strcmp(kind, "divide") == 0) raise(SIGFPE), abort();
  if (strcmp(kind, "stack") == 0) overrun_stack(0);
  if (strcmp(kind, "hang") == 0) {
    for (volatile unsigned i = 0;; i++) {
    }
  }
  if (strcmp(kind, "sleep") == 0) {
    for (;;) csys_futex_wait(&plan->shared->at, plan->shared->at, 1000000000000);
  }
  if (strcmp(kind, "ring") == 0) {
    for (;;) {
      __atomic_fetch_add(&plan->shared->bell, 1, __ATOMIC_SEQ_CST);
      csys_futex_wake(&plan->shared->bell);
    }
  }
  if (strcmp(kind, "overrun") == 0) {
    for (volatile uint8_t *at = plan->memory;; at++) *at = 0x5A;
  }
  if (strcmp(kind, "hoard") == 0) {
    for (;;) {
      // What it doesn't get it writes to all the same.
      uint8_t *volatile memory = malloc(1 << 20);
      for (size_t i = 0; i < 1 << 20; i++) ((volatile uint8_t *)memory)[i] = 1;
    }
  }
  if (strcmp(kind, "ask") == 0) {
    // Bytes at a place that the window doesn't have, again and again.
    for (;;) {
      plan->shared->at = 0xFFFFFF00u;
      plan->shared->wanted = 0xFFFFFFFFu;
      plan->shared->says = CDEC_SAYS_MORE;
      __atomic_fetch_add(&plan->shared->bell, 1, __ATOMIC_SEQ_CST);
      csys_futex_wake(&plan->shared->bell);
    }
  }
  if (strncmp(kind, "noise-", 6) == 0) return answer_noise(plan, (uint64_t)atoi(kind + 6)), true;
  if (strncmp(kind, "lie-", 4) == 0) return answer_lie(plan, kind + 4), true;
  if (strcmp(kind, "probe") == 0) return probe(plan), true;
  return false;
}
#endif
