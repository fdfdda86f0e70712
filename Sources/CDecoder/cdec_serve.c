// The decoding process. It has no descriptors and, where the kernel can do that, no calls but
// waiting, looking at the clock and ending.
#define _GNU_SOURCE
#include <sys/prctl.h>
#include <unistd.h>

#include "cdec_internal.h"
#include "cdec_plant.h"

// It ends with the asker by the fork server's hand; until then it may sleep long.
static const uint64_t hour_ns = 3600ull * 1000000000;

typedef struct {
  cdec_plan plan;
  uint32_t orders;
} context;

static void say(const context *self, uint32_t what) {
  cdec_shared *shared = self->plan.shared;
  shared->says = what;
  __atomic_fetch_add(&shared->bell, 1, __ATOMIC_SEQ_CST);
  csys_futex_wake(&shared->bell);
}

static void await_order(context *self, uint64_t spin_ns) {
  cdec_shared *shared = self->plan.shared;
  while (__atomic_load_n(&shared->orders, __ATOMIC_ACQUIRE) == self->orders) {
    cdec_wait_for(&shared->orders, self->orders, spin_ns, hour_ns);
  }
  self->orders = __atomic_load_n(&shared->orders, __ATOMIC_ACQUIRE);
  __atomic_store_n(&shared->seen, self->orders, __ATOMIC_RELEASE);
}

/// A cimg_reader: asks for bytes, which then stand where they were wanted.
static ptrdiff_t read_more(void *argument, uint8_t *bytes, size_t count) {
  context *self = argument;
  cdec_shared *shared = self->plan.shared;
  shared->at = (uint32_t)(bytes - self->plan.window);
  shared->wanted = (uint32_t)count;
  say(self, CDEC_SAYS_MORE);
  await_order(self, self->plan.spin_ns);
  if (shared->failure) return -shared->failure;
  return shared->ended ? 0 : (ptrdiff_t)shared->count;
}

static void decode(context *self, cimg_decoder *decoder) {
  cdec_shared *shared = self->plan.shared;
  cimg_source source = cimg_source_from_reader(read_more, self, self->plan.window,
                                               self->plan.window_bytes, shared->count);
  source.single = shared->single;
  if (cdec_plant(shared->count, &self->plan)) return say(self, CDEC_SAYS_DONE);
  cimg_info info;
  cimg_error error;
  cimg_decode(decoder, &source, self->plan.input, &info, &error);
  shared->info = info;
  shared->error = error;
  shared->consumed = cimg_source_offset(&source);
  say(self, CDEC_SAYS_DONE);
}

/// libjpeg finds out what the processor can do with its first picture, on some machines from files:
/// before there are none any more. A grey JPEG of 8 x 8.
static void warm_up(cimg_decoder *decoder, uint8_t *input) {
  static const uint8_t picture[] = {
#include "cdec_warm_up.inc"
  };
  cimg_source source = cimg_source_from_memory(picture, sizeof picture);
  cimg_info info;
  cimg_error error;
  cimg_decode(decoder, &source, input, &info, &error);
}

static int confine(int confined) {
  prctl(PR_SET_DUMPABLE, 0);
  // Files are out of reach already, as they are for the fork server.
  csys_sandbox sandbox = {.ruleset = -1};
  return (confined & CSYS_CONFINED_FILES) | csys_sandbox_enter(&sandbox, CSYS_PROFILE_DECODER);
}

void cdec_serve(void *argument, int confined) {
  // The plan changes when the asker wants another decoder; this process is for this one.
  context self = {.plan = *(const cdec_plan *)argument};
  cdec_shared *shared = self.plan.shared;
  self.orders = __atomic_load_n(&shared->orders, __ATOMIC_ACQUIRE);
  cimg_error error;
  cimg_decoder *decoder =
      cimg_decoder_create(self.plan.memory, self.plan.bytes, &self.plan.options, &error);
  if (decoder) warm_up(decoder, self.plan.input);
  csys_unmap(argument, sizeof(cdec_plan));
  shared->confinement = self.plan.confines ? confine(confined) : 0;
  shared->error = error;
  say(&self, CDEC_SAYS_READY);
  if (!decoder) _exit(0);
  for (;;) {
    await_order(&self, 0);
    decode(&self, decoder);
  }
}
