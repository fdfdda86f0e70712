// usage: confinement-probe free|reader|watcher|bench|server|decoder FOLDER
// Enters the confinement of a profile as the program does (FOLDER is the watched folder), then
// tries what a hijacked program might, on the main thread and on threads that were made afterwards,
// and says for each attempt whether it was possible: "NAME yes" or "NAME no ERRNO", the threads'
// with "threads/" in front of the name. "free" tries the same without confinement. "server" and
// "decoder" are those of a fork server and its child, which report through shared memory; of a
// server itself only what its confinement achieved can be said.
#define _GNU_SOURCE
#include <csystem.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attempts.h"

static const char *inside;
static char outside[] = "/tmp/confinement-probe.XXXXXX";

static void say(const attempts *result, const char *prefix) {
  for (int i = 0; i < result->count; i++) {
    if (result->list[i].error == 0) {
      printf("%s%s yes\n", prefix, result->list[i].name);
    } else {
      printf("%s%s no %d\n", prefix, result->list[i].name, result->list[i].error);
    }
  }
}

static void say_achieved(int achieved) {
  printf("files %d\ncalls %d\n", achieved & CSYS_CONFINED_FILES ? 1 : 0,
         achieved & CSYS_CONFINED_CALLS ? 1 : 0);
}

static void prepare(const char *folder) {
  char path[4096];
  snprintf(path, sizeof path, "%s/there", folder);
  close(open(path, O_CREAT | O_WRONLY, 0600));
}

/// What a part of the pool's work is here. Parts run on threads of the pool and on the caller.
static attempts of_parts[4];
/// One thread at a time: what one removes and makes again, another would miss.
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void try_part(void *context, uint32_t part) {
  (void)context;
  // Long enough for each thread to take one.
  usleep(100 * 1000);
  pthread_mutex_lock(&turn);
  attempt_all(&of_parts[part], inside, outside);
  pthread_mutex_unlock(&turn);
}

/// The same attempts inside the threads of a pool, as the engine has them.
static void try_threads(void) {
  enum { THREADS = 4 };
  int error = 0;
  void *memory = csys_map_anonymous(csys_pool_bytes(THREADS));
  csys_pool *pool = memory ? csys_pool_start(memory, THREADS, 0, &error) : NULL;
  if (!pool) {
    printf("threads/pool no %d\n", error);
    return;
  }
  csys_pool_run(pool, THREADS, try_part, of_parts);
  csys_pool_stop(pool);
  for (int i = 0; i < THREADS; i++) say(&of_parts[i], "threads/");
}

static int profile_of(const char *name) {
  if (strcmp(name, "reader") == 0) return CSYS_PROFILE_READER;
  if (strcmp(name, "watcher") == 0) return CSYS_PROFILE_WATCHER;
  if (strcmp(name, "bench") == 0) return CSYS_PROFILE_BENCH;
  return -1;
}

static void enter(int profile) {
  csys_sandbox sandbox;
  const int results = CSYS_ALLOW_WRITE | CSYS_ALLOW_NAMES;
  const int all = results | CSYS_ALLOW_READ | CSYS_ALLOW_LIST;
  const bool is_watcher = profile == CSYS_PROFILE_WATCHER;
  csys_sandbox_begin(&sandbox, is_watcher ? all : results);
  if (is_watcher) csys_sandbox_allow(&sandbox, inside, all);
  say_achieved(csys_sandbox_enter(&sandbox, profile));
}

// --- a fork server's child

typedef struct {
  uint32_t bell;
  uint32_t is_done;
  int achieved;
  attempts result;
} shared;

static void be_decoder(void *context, int confined) {
  shared *memory = context;
  csys_sandbox sandbox = {.ruleset = -1};
  memory->achieved =
      (confined & CSYS_CONFINED_FILES) | csys_sandbox_enter(&sandbox, CSYS_PROFILE_DECODER);
  attempt_all(&memory->result, inside, outside);
  __atomic_store_n(&memory->is_done, 1, __ATOMIC_SEQ_CST);
  csys_futex_wake(&memory->is_done);
  for (;;) csys_futex_wait(&memory->is_done, 1, 1000000000);
}

static int try_decoder(void) {
  shared *memory = csys_map_shared(sizeof *memory);
  int error = 0;
  csys_forkserver *server =
      memory ? csys_forkserver_start(be_decoder, memory, &memory->bell, true, &error) : NULL;
  if (!server || (error = csys_forkserver_fork(server)) != 0) {
    printf("child no %d\n", error);
    return 1;
  }
  while (!__atomic_load_n(&memory->is_done, __ATOMIC_SEQ_CST)) {
    csys_futex_wait(&memory->is_done, 0, 100000000);
    if (!csys_forkserver_has_child(server)) {
      printf("child no %d\n", csys_forkserver_last_signal(server));
      return 1;
    }
  }
  say_achieved(memory->achieved);
  say(&memory->result, "");
  // A fresh one comes when asked for, and the end of this one rings.
  const uint32_t before = memory->bell;
  error = csys_forkserver_fork(server);
  printf("fresh-child %s\n", error == 0 && memory->bell > before ? "yes" : "no 0");
  csys_forkserver_stop(server);
  return 0;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  const char *profile = arguments[1];
  inside = arguments[2];
  setvbuf(stdout, NULL, _IOLBF, 0);
  csys_ignore_broken_pipes();
  if (!mkdtemp(outside)) return 2;
  prepare(outside);
  prepare(inside);
  if (strcmp(profile, "decoder") == 0) return try_decoder();
  if (strcmp(profile, "free") != 0) {
    if (profile_of(profile) < 0) return 2;
    enter(profile_of(profile));
  }
  attempts result = {0};
  attempt_all(&result, inside, outside);
  say(&result, "");
  try_threads();
  char *const nobody[] = {"true", NULL};
  printf("exec ");
  fflush(stdout);
  execve("/bin/true", nobody, nobody);
  printf("no %d\n", errno);
  return 0;
}
