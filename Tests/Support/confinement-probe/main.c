// usage: confinement-probe free|reader|watcher FOLDER
// Enters the confinement of a profile as the program does (FOLDER is the watched folder), then
// tries what a hijacked program might, and says for each attempt whether it was possible: "NAME
// yes" or "NAME no ERRNO". "free" tries the same without confinement.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <csystem.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *name, int possible) {
  if (possible) {
    printf("%s yes\n", name);
  } else {
    printf("%s no %d\n", name, errno);
  }
}

static void try_open(const char *name, const char *folder, const char *file, int flags) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, file);
  const int descriptor = open(path, flags, 0600);
  say(name, descriptor >= 0);
  if (descriptor >= 0) close(descriptor);
}

static void *nothing(void *argument) {
  return argument;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  const char *profile = arguments[1], *inside = arguments[2];
  setvbuf(stdout, NULL, _IOLBF, 0);
  char outside[] = "/tmp/confinement-probe.XXXXXX";
  if (!mkdtemp(outside)) return 2;
  char path[4096];
  snprintf(path, sizeof path, "%s/there", outside);
  close(open(path, O_CREAT | O_WRONLY, 0600));
  snprintf(path, sizeof path, "%s/there", inside);
  close(open(path, O_CREAT | O_WRONLY, 0600));

  const int is_watcher = strcmp(profile, "watcher") == 0;
  if (strcmp(profile, "free") != 0) {
    csys_sandbox sandbox;
    const int results = CSYS_ALLOW_WRITE | CSYS_ALLOW_NAMES;
    csys_sandbox_begin(&sandbox,
                       is_watcher ? results | CSYS_ALLOW_READ | CSYS_ALLOW_LIST : results);
    if (is_watcher) {
      csys_sandbox_allow(&sandbox, inside, results | CSYS_ALLOW_READ | CSYS_ALLOW_LIST);
    }
    const int achieved =
        csys_sandbox_enter(&sandbox, is_watcher ? CSYS_PROFILE_WATCHER : CSYS_PROFILE_READER);
    printf("files %d\ncalls %d\n", achieved & CSYS_CONFINED_FILES ? 1 : 0,
           achieved & CSYS_CONFINED_CALLS ? 1 : 0);
  }

  // What the program itself goes on doing.
  try_open("read-inside", inside, "there", O_RDONLY);
  try_open("write-inside", inside, "there", O_WRONLY);
  try_open("make-inside", inside, "made", O_WRONLY | O_CREAT);
  pthread_t thread;
  const int thread_error = pthread_create(&thread, NULL, nothing, NULL);
  if (thread_error == 0) pthread_join(thread, NULL);
  errno = thread_error;
  say("thread", thread_error == 0);
  // What it never does.
  try_open("read-outside", outside, "there", O_RDONLY);
  try_open("write-outside", outside, "there", O_WRONLY);
  try_open("make-outside", outside, "made", O_WRONLY | O_CREAT);
  snprintf(path, sizeof path, "%s/there", outside);
  say("remove-outside", unlink(path) == 0);
  say("socket", socket(AF_INET, SOCK_STREAM, 0) >= 0);
  say("local-socket", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
  say("executable-memory", mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
  const pid_t child = fork();
  if (child == 0) _exit(0);
  say("fork", child > 0);
  if (child > 0) waitpid(child, NULL, 0);
  char *const nobody[] = {"true", NULL};
  printf("exec ");
  fflush(stdout);
  execve("/bin/true", nobody, nobody);
  printf("no %d\n", errno);
  return 0;
}
