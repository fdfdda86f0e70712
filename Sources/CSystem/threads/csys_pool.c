#define _GNU_SOURCE
#include "csys_pool.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "csys_clock.h"

// A task's parts are handed out through one word, the ticket: [number of the task, 16 bits]
// [parts, 8][next part, 8]. Whoever swaps it for the same with the next part plus one owns that
// part. Only the owner of a part looks at the task's function and context, and no other task begins
// before all parts have ended: a thread that wakes late finds a ticket without parts or that of a
// later task, and nothing has to wait for it.

struct csys_pool {
  _Alignas(64) _Atomic uint32_t ticket;
  /// Parts that have not ended yet.
  _Alignas(64) _Atomic uint32_t left;
  /// Workers that sleep on the ticket or are about to.
  _Alignas(64) _Atomic uint32_t sleeping;
  /// Whether the caller sleeps on `left` or is about to.
  _Atomic uint32_t caller_sleeps;
  _Atomic bool ends;
  csys_pool_function function;
  void *context;
  uint64_t spin_nanoseconds;
  int workers;
  pthread_t threads[CSYS_POOL_MOST_THREADS - 1];
};

enum {
/// What kernels need on the stack is up to 80 KB, five times that when compiled without
/// optimisation; libc keeps thread-local data there as well.
#ifdef __OPTIMIZE__
  STACK_BYTES = 128 * 1024,
#else
  STACK_BYTES = 1024 * 1024,
#endif
  /// Looks at the ticket between two looks at the clock.
  LOOKS = 32,
};

static size_t page_bytes(void) {
  return (size_t)sysconf(_SC_PAGESIZE);
}

/// A worker's stack without its guard page. libc says what it needs itself, which grows with the
/// processor's registers.
static size_t stack_bytes(void) {
  const long least = sysconf(_SC_THREAD_STACK_MIN);
  const size_t page = page_bytes();
  const size_t bytes = STACK_BYTES + (least > 0 ? (size_t)least : 0);
  return (bytes + page - 1) & ~(page - 1);
}

size_t csys_pool_bytes(int threads) {
  // One page more, so that stacks can begin at a page wherever the memory begins.
  return sizeof(csys_pool) + page_bytes() + (size_t)(threads - 1) * (page_bytes() + stack_bytes());
}

int csys_processor_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  const int count = CPU_COUNT(&set);
  return count > 0 ? count : 1;
}

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield" ::: "memory");
#endif
}

static void sleep_while(_Atomic uint32_t *word, uint32_t value) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake(_Atomic uint32_t *word, uint32_t count) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

static bool has_parts(uint32_t ticket) {
  return (ticket & 0xFF) < (ticket >> 8 & 0xFF);
}

/// Runs parts as long as there are some.
static void take_parts(csys_pool *pool) {
  uint32_t ticket = atomic_load_explicit(&pool->ticket, memory_order_acquire);
  while (has_parts(ticket)) {
    if (!atomic_compare_exchange_weak_explicit(&pool->ticket, &ticket, ticket + 1,
                                               memory_order_acq_rel, memory_order_acquire)) {
      continue;
    }
    pool->function(pool->context, ticket & 0xFF);
    // Sequentially consistent with `caller_sleeps`: either we see that the caller sleeps, or it
    // sees that nothing is left.
    if (atomic_fetch_sub(&pool->left, 1) == 1 && atomic_load(&pool->caller_sleeps)) {
      wake(&pool->left, 1);
    }
    ticket = atomic_load_explicit(&pool->ticket, memory_order_acquire);
  }
}

/// Whether there is work, or the end, within the time for looking.
static bool finds_work(csys_pool *pool) {
  if (pool->spin_nanoseconds == 0) return false;
  const uint64_t start = csys_monotonic_nanoseconds();
  do {
    for (int i = 0; i < LOOKS; i++) {
      if (has_parts(atomic_load_explicit(&pool->ticket, memory_order_acquire))) return true;
      pause_briefly();
    }
  } while (csys_monotonic_nanoseconds() - start < pool->spin_nanoseconds);
  return false;
}

static void *work(void *argument) {
  csys_pool *pool = argument;
  while (!atomic_load_explicit(&pool->ends, memory_order_acquire)) {
    take_parts(pool);
    if (finds_work(pool)) continue;
    // Sequentially consistent with the ticket: either the caller sees that we sleep and wakes us,
    // or we see its ticket.
    atomic_fetch_add(&pool->sleeping, 1);
    const uint32_t ticket = atomic_load(&pool->ticket);
    if (!has_parts(ticket) && !atomic_load(&pool->ends)) sleep_while(&pool->ticket, ticket);
    atomic_fetch_sub(&pool->sleeping, 1);
  }
  return NULL;
}

void csys_pool_run(csys_pool *pool, uint32_t parts, csys_pool_function function, void *context) {
  pool->function = function;
  pool->context = context;
  atomic_store_explicit(&pool->left, parts, memory_order_relaxed);
  const uint32_t task = (atomic_load_explicit(&pool->ticket, memory_order_relaxed) >> 16) + 1;
  atomic_store(&pool->ticket, task << 16 | parts << 8);
  if (parts > 1 && atomic_load(&pool->sleeping) > 0) wake(&pool->ticket, parts - 1);
  take_parts(pool);

  const uint64_t start = csys_monotonic_nanoseconds();
  for (uint32_t looks = 1; atomic_load_explicit(&pool->left, memory_order_acquire) > 0; looks++) {
    if (looks % LOOKS != 0) {
      pause_briefly();
      continue;
    }
    if (csys_monotonic_nanoseconds() - start < pool->spin_nanoseconds) continue;
    atomic_store(&pool->caller_sleeps, 1);
    uint32_t left;
    while ((left = atomic_load(&pool->left)) > 0) sleep_while(&pool->left, left);
    atomic_store(&pool->caller_sleeps, 0);
    return;
  }
}

void csys_pool_stop(csys_pool *pool) {
  atomic_store(&pool->ends, true);
  // Another ticket, so that nobody falls asleep on the old one.
  atomic_fetch_add(&pool->ticket, 1u << 16);
  wake(&pool->ticket, INT_MAX);
  for (int i = 0; i < pool->workers; i++) pthread_join(pool->threads[i], NULL);
}

/// 0 or an errno.
static int start_worker(csys_pool *pool, char *stack) {
  const size_t guard = page_bytes();
  if (mprotect(stack, guard, PROT_NONE) != 0) return errno;
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error != 0) return error;
  error = pthread_attr_setstack(&attributes, stack + guard, stack_bytes());
  if (error == 0) {
    error = pthread_create(&pool->threads[pool->workers], &attributes, work, pool);
  }
  pthread_attr_destroy(&attributes);
  if (error == 0) pool->workers++;
  return error;
}

csys_pool *csys_pool_start(void *memory, int threads, uint64_t spin_nanoseconds, int *error) {
  csys_pool *pool = memory;
  *pool = (csys_pool){.spin_nanoseconds = spin_nanoseconds};
  // Who looks for work on a processor that somebody with work waits for only delays it.
  if (threads > csys_processor_count()) pool->spin_nanoseconds = 0;
  const size_t page = page_bytes();
  char *stack = (char *)(((uintptr_t)(pool + 1) + page - 1) & ~(page - 1));
  // Workers inherit the mask: signals are the caller's business.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  *error = 0;
  for (int i = 1; i < threads && *error == 0; i++) {
    *error = start_worker(pool, stack);
    stack += page + stack_bytes();
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (*error == 0) return pool;
  csys_pool_stop(pool);
  return NULL;
}
