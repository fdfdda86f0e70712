#include "cdec_internal.h"

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield" ::: "memory");
#endif
}

void cdec_wait_for(const uint32_t *word, uint32_t value, uint64_t spin_ns, uint64_t nanoseconds) {
  enum { LOOKS = 32 };
  if (spin_ns > 0) {
    const uint64_t start = csys_monotonic_nanoseconds();
    do {
      for (int i = 0; i < LOOKS; i++) {
        if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value) return;
        pause_briefly();
      }
    } while (csys_monotonic_nanoseconds() - start < spin_ns);
  }
  if (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value) csys_futex_wait(word, value, nanoseconds);
}
