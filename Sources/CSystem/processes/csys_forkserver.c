#define _GNU_SOURCE
#include "csys_forkserver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "csys_futex.h"
#include "csys_process.h"
#include "csys_sandbox.h"

// Shared between maker and server, and out of the children's reach.
struct csys_forkserver {
  // Of the child; 0 for none.
  _Atomic int32_t child;
  _Atomic int32_t last_status;
  // Answer to the last command.
  _Atomic int32_t error;
  // The maker's.
  int socket;
  pid_t server;
};

enum { COMMAND_FORK = 'f', COMMAND_KILL = 'k' };

// A child's stack: what overruns it ends the child.
enum { STACK_LIMIT = 1 << 20 };

typedef struct {
  csys_forkserver *shared;
  csys_child_body body;
  void *context;
  uint32_t *bell;
  pid_t self;
  int socket;
  // Ends with the child, which holds the other end.
  int lifeline;
  int confined;
} server;

static void close_all_but(int first, int second) {
  if (first > second) {
    const int swapped = first;
    first = second;
    second = swapped;
  }
#ifdef SYS_close_range
  const unsigned ranges[3][2] = {{0, (unsigned)first - 1},
                                 {(unsigned)first + 1, (unsigned)second - 1},
                                 {(unsigned)second + 1, ~0u}};
  bool closed = true;
  for (int i = 0; i < 3; i++) {
    if (i == 0 && first <= 0) continue;
    if (i == 1 && second <= first + 1) continue;
    if (syscall(SYS_close_range, ranges[i][0], ranges[i][1], 0) != 0) closed = false;
  }
  if (closed) return;
#endif
  // An older kernel: the program has opened a handful so far.
  struct rlimit limit = {256, 256};
  getrlimit(RLIMIT_NOFILE, &limit);
  const int most = limit.rlim_cur < 4096 ? (int)limit.rlim_cur : 4096;
  for (int descriptor = 0; descriptor < most; descriptor++) {
    if (descriptor != first && descriptor != second) close(descriptor);
  }
}

/// Signals as in a fresh program, none of them held back. But what asks a program to stop or to do
/// something is for the maker, also where a terminal or a service manager tells all processes: the
/// picture at hand is finished.
static void reset_signals(void) {
  static const int for_the_maker[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  for (size_t i = 0; i < sizeof for_the_maker / sizeof *for_the_maker; i++) {
    signal(for_the_maker[i], SIG_IGN);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void be_child(server *self, int lifeline) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != self->self) _exit(1);
  munmap(self->shared, sizeof *self->shared);
  close_all_but(lifeline, lifeline);
  self->body(self->context, self->confined);
  _exit(0);
}

/// The child has ended, or ends now.
static void reap(server *self) {
  const pid_t child = atomic_load(&self->shared->child);
  if (child == 0) return;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  close(self->lifeline);
  self->lifeline = -1;
  atomic_store(&self->shared->last_status, status);
  atomic_store(&self->shared->child, 0);
  __atomic_fetch_add(self->bell, 1, __ATOMIC_SEQ_CST);
  csys_futex_wake(self->bell);
}

static void end_child(server *self) {
  const pid_t child = atomic_load(&self->shared->child);
  if (child == 0) return;
  kill(child, SIGKILL);
  reap(self);
}

static int make_child(server *self) {
  end_child(self);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    be_child(self, ends[1]);
  }
  const int error = child < 0 ? errno : 0;
  close(ends[1]);
  if (error) {
    close(ends[0]);
    return error;
  }
  self->lifeline = ends[0];
  atomic_store(&self->shared->child, child);
  return 0;
}

static void confine(server *self) {
  csys_sandbox sandbox;
  csys_sandbox_begin(&sandbox,
                     CSYS_ALLOW_READ | CSYS_ALLOW_LIST | CSYS_ALLOW_WRITE | CSYS_ALLOW_NAMES);
  self->confined = csys_sandbox_enter(&sandbox, CSYS_PROFILE_FORK_SERVER);
}

static _Noreturn void serve(server *self, bool confines) {
  // Whoever leaves a folder shall find it free, and whoever reads a pipe its end.
  if (chdir("/") != 0) _exit(1);
  close_all_but(self->socket, self->socket);
  reset_signals();
  const struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  struct rlimit stack;
  if (getrlimit(RLIMIT_STACK, &stack) == 0) {
    stack.rlim_cur = STACK_LIMIT < stack.rlim_max ? STACK_LIMIT : stack.rlim_max;
    setrlimit(RLIMIT_STACK, &stack);
  }
  if (confines) confine(self);
  for (;;) {
    struct pollfd watched[2] = {{self->socket, POLLIN, 0}, {self->lifeline, POLLIN, 0}};
    if (poll(watched, 2, -1) < 0) continue;
    if (watched[1].revents) reap(self);
    if (!watched[0].revents) continue;
    char command;
    const ssize_t count = read(self->socket, &command, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count != 1) break;
    if (command == COMMAND_KILL) end_child(self);
    atomic_store(&self->shared->error, command == COMMAND_FORK ? make_child(self) : 0);
    if (write(self->socket, &command, 1) != 1) break;
  }
  // The maker is gone.
  end_child(self);
  _exit(0);
}

/// The same behind standard input, output and error, which may be closed: what is meant for them
/// must not become commands. Negative when the system refuses.
static int behind_standard(int descriptor) {
  if (descriptor < 0 || descriptor > 2) return descriptor;
  const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  close(descriptor);
  return moved;
}

csys_forkserver *csys_forkserver_start(csys_child_body body, void *context, uint32_t *bell,
                                       bool confines, int *error) {
  csys_forkserver *shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) {
    *error = errno;
    return NULL;
  }
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    *error = errno;
    munmap(shared, sizeof *shared);
    return NULL;
  }
  ends[0] = behind_standard(ends[0]);
  ends[1] = behind_standard(ends[1]);
  const pid_t maker = getpid();
  const pid_t child = ends[0] < 0 || ends[1] < 0 ? -1 : fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != maker) _exit(1);
    server self = {shared, body, context, bell, getpid(), ends[1], -1, 0};
    serve(&self, confines);
  }
  *error = child < 0 ? errno : 0;
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    munmap(shared, sizeof *shared);
    return NULL;
  }
  shared->socket = ends[0];
  shared->server = child;
  return shared;
}

/// The errno that the server answers with.
static int ask(csys_forkserver *server, char command) {
  // Where the socket's other end is gone: an error, since the program ignores SIGPIPE.
  if (write(server->socket, &command, 1) != 1) return ECHILD;
  ssize_t count;
  do {
    count = read(server->socket, &command, 1);
  } while (count < 0 && errno == EINTR);
  return count == 1 ? atomic_load(&server->error) : ECHILD;
}

int csys_forkserver_fork(csys_forkserver *server) {
  return ask(server, COMMAND_FORK);
}

int csys_forkserver_kill(csys_forkserver *server) {
  return ask(server, COMMAND_KILL);
}

bool csys_forkserver_has_child(const csys_forkserver *server) {
  return atomic_load(&server->child) != 0;
}

int csys_forkserver_last_signal(const csys_forkserver *server) {
  const int status = atomic_load(&server->last_status);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

int64_t csys_forkserver_peak_bytes(const csys_forkserver *server) {
  const int64_t own = csys_peak_private_bytes(server->server);
  const pid_t child = atomic_load(&server->child);
  const int64_t of_child = child ? csys_peak_private_bytes(child) : 0;
  return own < 0 || of_child < 0 ? -1 : own + of_child;
}

int64_t csys_forkserver_resident_bytes(const csys_forkserver *server) {
  const int64_t own = csys_private_bytes(server->server);
  const pid_t child = atomic_load(&server->child);
  const int64_t of_child = child ? csys_private_bytes(child) : 0;
  return own < 0 || of_child < 0 ? -1 : own + of_child;
}

void csys_forkserver_end(csys_forkserver *server) {
  if (server->socket < 0) return;
  close(server->socket);
  server->socket = -1;
  while (waitpid(server->server, NULL, 0) < 0 && errno == EINTR) {
  }
}

void csys_forkserver_stop(csys_forkserver *server) {
  csys_forkserver_end(server);
  munmap(server, sizeof *server);
}
