#define _GNU_SOURCE
#include "csys_seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

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

/// Answered in every profile: input, output, memory, time, signals, threads, the end.
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
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_ppoll,
    SYS_clock_gettime,
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
    SYS_set_robust_list,
    SYS_exit,
    SYS_exit_group,
    SYS_restart_syscall,
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
    SYS_clock_gettime64,
    SYS_clock_nanosleep_time64,
    SYS_ppoll_time64,
    SYS_futex_time64,
#endif
#ifdef SYS_gettimeofday
    SYS_gettimeofday,
#endif
#ifdef SYS_time
    SYS_time,
#endif
};

/// Answered to watchers: names, durability, events, the service manager's socket, leases and locks.
static const int watcher_calls[] = {
    SYS_ftruncate,
    SYS_fsync,
    SYS_fdatasync,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_linkat,
    SYS_inotify_add_watch,
    SYS_inotify_rm_watch,
    SYS_sendto,
    SYS_fcntl,
    SYS_tgkill,
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
#ifdef SYS_fcntl64
    SYS_fcntl64,
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

enum { FILTER_LIMIT = 320 };

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

static void answer_errno(filter *f, int call, int error) {
  put(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1));
  answer(f, SECCOMP_RET_ERRNO | (unsigned)error);
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
  for (size_t i = 0; i < sizeof common_calls / sizeof *common_calls; i++) {
    allow(f, common_calls[i]);
  }
  if (profile == CSYS_PROFILE_WATCHER) {
    for (size_t i = 0; i < sizeof watcher_calls / sizeof *watcher_calls; i++) {
      allow(f, watcher_calls[i]);
    }
    allow(f, SYS_openat);
#ifdef SYS_open
    allow(f, SYS_open);
#endif
  } else {
    const unsigned writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
    allow_masked(f, SYS_openat, 2, writing, O_RDONLY);
#ifdef SYS_open
    allow_masked(f, SYS_open, 1, writing, O_RDONLY);
#endif
  }
  // Memory that can be executed is not made any more.
#ifdef SYS_mmap2
  allow_masked(f, SYS_mmap2, 2, 4 /* PROT_EXEC */, 0);
#else
  allow_masked(f, SYS_mmap, 2, 4 /* PROT_EXEC */, 0);
#endif
  allow_masked(f, SYS_mprotect, 2, 4 /* PROT_EXEC */, 0);
  // Threads, not processes. The flags of clone3 are in memory, where no filter sees them; told that
  // it doesn't exist, the C library takes clone.
#ifdef SYS_clone3
  answer_errno(f, SYS_clone3, ENOSYS);
#endif
  allow_masked(f, SYS_clone, 0, CLONE_THREAD, CLONE_THREAD);
  answer(f, SECCOMP_RET_ERRNO | EPERM);
}

int csys_seccomp_enter(int profile) {
  filter f;
  build(&f, profile);
  if (f.count > FILTER_LIMIT) return E2BIG;
  struct sock_fprog program = {.len = f.count, .filter = f.code};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 ? 0 : errno;
}
