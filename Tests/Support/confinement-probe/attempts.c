#define _GNU_SOURCE
#include "attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void note(attempts *result, const char *name, long value) {
  if (result->count == ATTEMPTS_LIMIT) return;
  result->list[result->count++] = (attempt){name, value >= 0 ? 0 : errno};
}

static void try_open(attempts *result, const char *name, const char *folder, const char *file,
                     int flags) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, file);
  const int descriptor = open(path, flags, 0600);
  note(result, name, descriptor);
  if (descriptor >= 0) close(descriptor);
}

void attempt_files(attempts *result, const char *inside, const char *outside) {
  char path[4096];
  try_open(result, "read-inside", inside, "there", O_RDONLY);
  try_open(result, "write-inside", inside, "there", O_WRONLY);
  try_open(result, "make-inside", inside, "made", O_WRONLY | O_CREAT);
  try_open(result, "read-outside", outside, "there", O_RDONLY);
  try_open(result, "write-outside", outside, "there", O_WRONLY);
  try_open(result, "make-outside", outside, "made", O_WRONLY | O_CREAT);
  snprintf(path, sizeof path, "%s/there", outside);
  note(result, "remove-outside", unlink(path));
  // There again for the next one who tries.
  try_open(result, "restore", outside, "there", O_WRONLY | O_CREAT);
  result->count--;
}

static void *nothing(void *argument) {
  return argument;
}

static void try_thread(attempts *result) {
  pthread_t thread;
  const int error = pthread_create(&thread, NULL, nothing, NULL);
  if (error == 0) pthread_join(thread, NULL);
  errno = error;
  note(result, "thread", error ? -1 : 0);
}

static void try_sockets(attempts *result) {
  note(result, "socket", socket(AF_INET, SOCK_STREAM, 0));
  note(result, "local-socket", socket(AF_UNIX, SOCK_STREAM, 0));
  // Through a socket that was open before, to somebody else: refused with EPERM, not with an error
  // of the address.
  const struct sockaddr_in nobody = {.sin_family = AF_INET};
  const long sent =
      sendto(1, "x", 1, MSG_DONTWAIT, (const struct sockaddr *)&nobody, sizeof nobody);
  note(result, "send-to-address", sent < 0 && errno == EPERM ? -1 : 0);
}

static void try_processes(attempts *result) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  note(result, "fork", child);
  if (child > 0) waitpid(child, NULL, 0);
  note(result, "kill", kill(getppid(), 0));
  note(result, "tgkill-other", syscall(SYS_tgkill, getppid(), getppid(), 0));
  note(result, "setpriority", syscall(SYS_setpriority, 0, 0, 0));
  note(result, "namespace", syscall(SYS_unshare, CLONE_NEWUSER));
}

static void try_descriptors(attempts *result) {
  int ends[2];
  note(result, "pipe", pipe(ends));
  note(result, "duplicate", fcntl(0, F_DUPFD, 0));
  // Who owns a descriptor has signals sent by the kernel. The number of a thing that isn't there:
  // an error of its own where the command is answered.
  const int owned = fcntl(0, F_SETOWN, getpid());
  note(result, "own-descriptor", owned == 0 || errno != EPERM ? 0 : -1);
  note(result, "memory-file", syscall(SYS_memfd_create, "x", 0));
}

void attempt_calls(attempts *result) {
  try_thread(result);
  try_sockets(result);
  note(result, "executable-memory",
       mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
               MAP_FAILED
           ? -1
           : 0);
  note(result, "memory",
       mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
  try_descriptors(result);
  try_processes(result);
}

void attempt_all(attempts *result, const char *inside, const char *outside) {
  attempt_files(result, inside, outside);
  attempt_calls(result);
}
