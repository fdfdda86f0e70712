#define _GNU_SOURCE
#include "csys_seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "csys_sandbox.h"

// The filter lists what is answered; everything else fails with EPERM. It does not kill: a call of
// the C library that nobody foresaw shall cost a camera one error line, not its process.

#if defined(__x86_64__)
#define CSYS_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CSYS_AUDIT_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define CSYS_AUDIT_ARCH AUDIT_ARCH_ARM
#endif

/// Answered to all who read files: input, output, memory, time, signals, threads.
static const int common_calls[] = {
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_pread64,
    SYS_close,
    SYS_lseek,
    SYS_getdents64,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_mincore,
    SYS_brk,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_sigaltstack,
    SYS_ppoll,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_futex,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_getrusage,
    SYS_wait4,
    SYS_set_robust_list,
    SYS_statx,
    SYS_readlinkat,
    SYS_faccessat,
#ifdef SYS_rseq
    SYS_rseq,
#endif
#ifdef SYS_newfstatat
    SYS_newfstatat,
#endif
#ifdef SYS_fstat
    SYS_fstat,
#endif
#ifdef SYS_stat
    SYS_stat,
#endif
#ifdef SYS_lstat
    SYS_lstat,
#endif
#ifdef SYS_stat64
    SYS_stat64,
    SYS_lstat64,
    SYS_fstat64,
    SYS_fstatat64,
#endif
#ifdef SYS_poll
    SYS_poll,
#endif
#ifdef SYS__llseek
    SYS__llseek,
#endif
#ifdef SYS_clock_gettime64
    SYS_clock_nanosleep_time64,
    SYS_ppoll_time64,
    SYS_futex_time64,
#endif
#ifdef SYS_time
    SYS_time,
#endif
};

/// Answered to watchers: names, durability, events, the service manager's socket, leases and locks.
static const int watcher_calls[] = {
    SYS_ftruncate,   SYS_fsync,  SYS_fdatasync,         SYS_unlinkat,
    SYS_renameat2,   SYS_linkat, SYS_inotify_add_watch, SYS_inotify_rm_watch,
#ifdef SYS_renameat
    SYS_renameat,
#endif
#ifdef SYS_rename
    SYS_rename,
#endif
#ifdef SYS_unlink
    SYS_unlink,
#endif
#ifdef SYS_link
    SYS_link,
#endif
#ifdef SYS_send
    SYS_send,
#endif
#ifdef SYS_ftruncate64
    SYS_ftruncate64,
#endif
#ifdef SYS_fstatfs
    SYS_fstatfs,
#endif
#ifdef SYS_fstatfs64
    SYS_fstatfs64,
#endif
};

/// Answered to those who measure: the page cache.
static const int bench_calls[] = {
    SYS_fdatasync,
#ifdef SYS_fadvise64
    SYS_fadvise64,
#endif
#ifdef SYS_arm_fadvise64_64
    SYS_arm_fadvise64_64,
#endif
#ifdef SYS_fadvise64_64
    SYS_fadvise64_64,
#endif
};

/// Answered to fork servers: commands, children, and what those do before they confine themselves.
static const int fork_server_calls[] = {
    SYS_read,
    SYS_write,
    SYS_close,
#ifdef SYS_close_range
    SYS_close_range,
#endif
    SYS_pipe2,
    SYS_ppoll,
#ifdef SYS_poll
    SYS_poll,
#endif
#ifdef SYS_ppoll_time64
    SYS_ppoll_time64,
#endif
    SYS_wait4,
    SYS_munmap,
    SYS_brk,
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_set_robust_list,
#ifdef SYS_rseq
    SYS_rseq,
#endif
    SYS_rt_sigprocmask,
    SYS_prlimit64,
#ifdef SYS_ugetrlimit
    SYS_ugetrlimit,
#endif
    SYS_sched_getaffinity,
};

/// Answered in every profile, and all that decoders have.
static const int least_calls[] = {
    SYS_clock_gettime,
#ifdef SYS_clock_gettime64
    SYS_clock_gettime64,
#endif
#ifdef SYS_gettimeofday
    SYS_gettimeofday,
#endif
    SYS_rt_sigreturn,
    // What a wait goes on with that was interrupted by SIGSTOP and SIGCONT.
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
};

enum { FILTER_LIMIT = 400 };

typedef struct {
  struct sock_filter code[FILTER_LIMIT];
  unsigned short count;
} filter;

static void put(filter *f, struct sock_filter instruction) {
  // Checked once, at the end: a filter that doesn't fit is not entered.
  if (f->count < FILTER_LIMIT) f->code[f->count] = instruction;
  f->count++;
}

static void load(filter *f, size_t offset) {
  put(f, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void load_call(filter *f) {
  load(f, offsetof(struct seccomp_data, nr));
}

/// The low half of an argument; the files below are little-endian.
static void load_argument(filter *f, int index) {
  load(f, offsetof(struct seccomp_data, args) + 8 * (size_t)index);
}

static void answer(filter *f, unsigned action) {
  put(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static void allow(filter *f, int call) {
  put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1));
  answer(f, SECCOMP_RET_ALLOW);
}

/// Allows the call if `mask` of an argument is `value`. Other calls go on with their number loaded.
static void allow_masked(filter *f, int call, int index, unsigned mask, unsigned value) {
  put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 5));
  load_argument(f, index);
  put(f, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask));
  put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1));
  answer(f, SECCOMP_RET_ALLOW);
  answer(f, SECCOMP_RET_ERRNO | EPERM);
}

/// Allows the call if an argument is one of the values. Other calls go on with their number loaded.
static void allow_one_of(filter *f, int call, int index, const unsigned *values, size_t count) {
  const uint8_t behind = (uint8_t)(2 * count + 2);
  put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, behind));
  load_argument(f, index);
  for (size_t i = 0; i < count; i++) {
    put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, values[i], 0, 1));
    answer(f, SECCOMP_RET_ALLOW);
  }
  answer(f, SECCOMP_RET_ERRNO | EPERM);
}

/// Allows the call if a pointer among its arguments is null.
static void allow_null(filter *f, int call, int index) {
  put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 6));
  load_argument(f, index);
  put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3));
  load(f, offsetof(struct seccomp_data, args) + 8 * (size_t)index + 4);
  put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1));
  answer(f, SECCOMP_RET_ALLOW);
  answer(f, SECCOMP_RET_ERRNO | EPERM);
}

static void answer_errno(filter *f, int call, int error) {
  put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1));
  answer(f, SECCOMP_RET_ERRNO | (unsigned)error);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void allow_all(filter *f, const int *calls, size_t count) {
  for (size_t i = 0; i < count; i++) allow(f, calls[i]);
}

/// Waiting for a word and waking who waits, nothing else that futexes can do.
static void allow_waiting(filter *f) {
  static const unsigned operations[] = {0 /* FUTEX_WAIT */, 1 /* FUTEX_WAKE */};
  allow_one_of(f, SYS_futex, 1, operations, COUNT(operations));
}

/// Memory that can't be executed.
static void allow_memory(filter *f) {
#ifdef SYS_mmap2
  allow_masked(f, SYS_mmap2, 2, 4 /* PROT_EXEC */, 0);
#else
  allow_masked(f, SYS_mmap, 2, 4 /* PROT_EXEC */, 0);
#endif
  allow_masked(f, SYS_mprotect, 2, 4 /* PROT_EXEC */, 0);
}

static void allow_opening(filter *f, bool also_for_writing) {
  const unsigned writing = also_for_writing ? 0 : O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
  allow_masked(f, SYS_openat, 2, writing, O_RDONLY);
#ifdef SYS_open
  allow_masked(f, SYS_open, 1, writing, O_RDONLY);
#endif
}

/// Leases, to ask who writes, and the lock of the ledger; nothing that sends signals.
static void allow_file_control(filter *f) {
  static const unsigned commands[] = {F_SETLEASE, F_OFD_SETLK};
  allow_one_of(f, SYS_fcntl, 1, commands, COUNT(commands));
#ifdef SYS_fcntl64
  allow_one_of(f, SYS_fcntl64, 1, commands, COUNT(commands));
#endif
}

static void allow_fork_server(filter *f) {
  static const unsigned settings[] = {PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS,
                                      PR_SET_SECCOMP};
  static const unsigned kill_only[] = {SIGKILL};
  allow_all(f, fork_server_calls, COUNT(fork_server_calls));
  allow(f, SYS_futex);
  allow_memory(f);
  allow_one_of(f, SYS_prctl, 0, settings, COUNT(settings));
  allow_one_of(f, SYS_kill, 1, kill_only, COUNT(kill_only));
  // As fork(3) makes a process: without any sharing, of namespaces neither.
  allow_masked(f, SYS_clone, 0, ~(unsigned)(CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID), SIGCHLD);
}

static void allow_worker(filter *f, int profile) {
  allow_all(f, common_calls, COUNT(common_calls));
  allow_opening(f, profile == CSYS_PROFILE_WATCHER);
  if (profile == CSYS_PROFILE_WATCHER) {
    allow_all(f, watcher_calls, COUNT(watcher_calls));
    allow_file_control(f);
    // To the service manager, whose socket is connected.
    allow_null(f, SYS_sendto, 4);
  }
  if (profile == CSYS_PROFILE_BENCH) {
    static const unsigned counting[] = {PERF_EVENT_IOC_ENABLE, PERF_EVENT_IOC_DISABLE,
                                        PERF_EVENT_IOC_RESET};
    allow_all(f, bench_calls, COUNT(bench_calls));
    allow_one_of(f, SYS_ioctl, 1, counting, COUNT(counting));
  }
  allow_memory(f);
  // raise(3) and abort(3): signals to the process itself.
  const unsigned self[] = {(unsigned)getpid()};
  allow_one_of(f, SYS_tgkill, 0, self, COUNT(self));
  // Threads, not processes.
  allow_masked(f, SYS_clone, 0, CLONE_THREAD, CLONE_THREAD);
}

static void build(filter *f, int profile) {
  f->count = 0;
  load(f, offsetof(struct seccomp_data, arch));
  put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CSYS_AUDIT_ARCH, 1, 0));
  answer(f, SECCOMP_RET_ERRNO | EPERM);
  load_call(f);
#if defined(__x86_64__)
  // The x32 calls have the same numbers with this bit.
  put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
  answer(f, SECCOMP_RET_ERRNO | EPERM);
#endif
  // Waiting first: it is what decoders do most often.
  if (profile == CSYS_PROFILE_DECODER) allow_waiting(f);
  allow_all(f, least_calls, COUNT(least_calls));
  if (profile == CSYS_PROFILE_FORK_SERVER) allow_fork_server(f);
  if (profile != CSYS_PROFILE_FORK_SERVER && profile != CSYS_PROFILE_DECODER) {
    allow_worker(f, profile);
  }
  // The flags of clone3 are in memory, where no filter sees them; told that it doesn't exist, the C
  // library takes clone.
#ifdef SYS_clone3
  if (profile != CSYS_PROFILE_DECODER) answer_errno(f, SYS_clone3, ENOSYS);
#endif
  answer(f, SECCOMP_RET_ERRNO | EPERM);
}

int csys_seccomp_enter(int profile) {
  filter f;
  build(&f, profile);
  if (f.count > FILTER_LIMIT) return E2BIG;
  struct sock_fprog program = {.len = f.count, .filter = f.code};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 ? 0 : errno;
}
