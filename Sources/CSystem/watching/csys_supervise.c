#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "csys_service.h"

/// In the child: 0. In the parent: its number, or a negative errno.
static pid_t start_worker(const sigset_t *before) {
  const pid_t parent = getpid();
  const pid_t worker = fork();
  if (worker < 0) return -errno;
  if (worker > 0) return worker;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  // What the parent forwards from now on waits until the worker asks for it (csys_signals_open).
  sigset_t held = *before;
  sigaddset(&held, SIGTERM);
  sigaddset(&held, SIGINT);
  sigaddset(&held, SIGHUP);
  sigaddset(&held, SIGUSR1);
  sigprocmask(SIG_SETMASK, &held, NULL);
  return 0;
}

/// Ends as the worker did; returns only when a fresh one is asked for.
static void follow(int status) {
  if (WIFEXITED(status)) {
    if (WEXITSTATUS(status) != CSYS_STATUS_AGAIN) _exit(WEXITSTATUS(status));
    return;
  }
  const int number = WIFSIGNALED(status) ? WTERMSIG(status) : SIGKILL;
  signal(number, SIG_DFL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  sigprocmask(SIG_UNBLOCK, &one, NULL);
  raise(number);
  _exit(1);
}

int csys_supervise(void) {
  sigset_t watched, before;
  sigemptyset(&watched);
  sigaddset(&watched, SIGTERM);
  sigaddset(&watched, SIGINT);
  sigaddset(&watched, SIGHUP);
  sigaddset(&watched, SIGUSR1);
  sigaddset(&watched, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &watched, &before) != 0) return errno;
  pid_t worker = start_worker(&before);
  if (worker < 0) {
    sigprocmask(SIG_SETMASK, &before, NULL);
    return -worker;
  }
  while (worker > 0) {
    siginfo_t info;
    const int number = sigwaitinfo(&watched, &info);
    if (number > 0 && number != SIGCHLD) {
      // A terminal's Ctrl-C has reached the worker already; a second one does no harm.
      kill(worker, number);
      continue;
    }
    int status;
    if (waitpid(worker, &status, WNOHANG) != worker) continue;
    follow(status);
    const struct timespec pause = {.tv_nsec = 200 * 1000 * 1000};
    nanosleep(&pause, NULL);
    do {
      worker = start_worker(&before);
      if (worker < 0) nanosleep(&pause, NULL);
    } while (worker < 0);
  }
  return 0;
}
