// The asking side: makes the decoding process, hands bytes over, takes the answer.
#include <errno.h>
#include <string.h>

#include "cdec_internal.h"

enum {
  /// What the other side does within a moment is looked for before anybody sleeps.
  SPIN_NS = 20 * 1000,
  // Processes that may be ended before one is ready, in a row.
  MOST_STARTS = 5,
};
/// How long a process may take to be made.
static const uint64_t start_ns = 10ull * 1000000000;
/// What may be asked of a waiting program at most is done between two such waits. More than that
/// passes only when the program stood still (SIGSTOP), and then the decoder stood as well.
static const uint64_t slice_ns = 200 * 1000 * 1000;

static size_t padded(size_t bytes) {
  return (bytes + 63) & ~(size_t)63;
}

size_t cdec_shared_bytes(const cdec_settings *settings) {
  return padded(sizeof(cdec_shared)) + padded(settings->window_bytes) +
         padded(settings->input_bytes);
}

cdec_process *cdec_start(const cdec_settings *settings, int *error) {
  *error = ENOMEM;
  // Private, so that no child sees more than what it is told through the plan.
  cdec_process *process = csys_map_anonymous(sizeof *process);
  if (!process) return NULL;
  const size_t bytes = cdec_shared_bytes(settings);
  cdec_shared *shared = csys_map_shared(bytes);
  cdec_plan *plan = csys_map_shared(sizeof *plan);
  process->settings = *settings;
  process->shared = shared;
  process->plan = plan;
  if (shared && plan) {
    process->window = (uint8_t *)shared + padded(sizeof *shared);
    process->input = process->window + padded(settings->window_bytes);
    plan->shared = shared;
    plan->window = process->window;
    plan->input = process->input;
    plan->window_bytes = settings->window_bytes;
    // Whoever looks for news on the only processor keeps them from coming.
    plan->spin_ns = csys_processor_count() > 1 ? SPIN_NS : 0;
    plan->confines = settings->confines;
    process->server =
        csys_forkserver_start(cdec_serve, plan, &shared->bell, settings->confines, error);
  }
  if (process->server) return process;
  cdec_stop(process);
  return NULL;
}

void cdec_stop(cdec_process *process) {
  if (process->server) csys_forkserver_stop(process->server);
  csys_unmap(process->plan, sizeof *process->plan);
  csys_unmap(process->shared, cdec_shared_bytes(&process->settings));
  csys_unmap(process, sizeof *process);
}

/// Sleeps until the bell has rung, at most so long. True when it has.
static bool listen(cdec_process *process, uint64_t nanoseconds) {
  const uint32_t *bell = &process->shared->bell;
  const uint64_t start = csys_monotonic_nanoseconds();
  const uint64_t left = nanoseconds < slice_ns ? nanoseconds : slice_ns;
  if (__atomic_load_n(bell, __ATOMIC_ACQUIRE) == process->heard) {
    cdec_wait_for(bell, process->heard, process->plan->spin_ns, left);
  }
  const uint64_t passed = csys_monotonic_nanoseconds() - start;
  process->waited_ns += passed < 2 * slice_ns ? passed : 2 * slice_ns;
  const uint32_t rung = __atomic_load_n(bell, __ATOMIC_ACQUIRE);
  if (rung == process->heard) return false;
  process->heard = rung;
  return true;
}

/// Makes a decoding process and waits until it is ready. False and the error; ECHILD where it ended
/// before.
static bool make_one(cdec_process *process, cimg_error *error) {
  cdec_shared *shared = process->shared;
  *error = (cimg_error){.code = CIMG_IO};
  process->must_begin_anew = true;
  // None is left: what is in the shared memory now stays as it is.
  if ((error->system_error = csys_forkserver_kill(process->server)) != 0) return false;
  process->heard = __atomic_load_n(&shared->bell, __ATOMIC_ACQUIRE);
  shared->says = 0;
  if ((error->system_error = csys_forkserver_fork(process->server)) != 0) return false;
  process->waited_ns = 0;
  while (shared->says != CDEC_SAYS_READY) {
    error->system_error = ETIMEDOUT;
    if (process->waited_ns > start_ns) return false;
    error->system_error = ECHILD;
    if (!listen(process, slice_ns)) continue;
    if (!csys_forkserver_has_child(process->server) && shared->says != CDEC_SAYS_READY) {
      return false;
    }
  }
  // It has seen nothing of strangers yet, so it speaks the truth.
  process->confinement = shared->confinement;
  *error = shared->error;
  if (error->code != CIMG_OK) return false;
  process->must_begin_anew = false;
  return true;
}

/// The same, some times over where one is ended before it is ready, by whatever hand: no picture
/// has a part in that.
static bool make(cdec_process *process, cimg_error *error) {
  for (int tries = 0; tries < MOST_STARTS; tries++) {
    if (make_one(process, error)) return true;
    if (error->code != CIMG_IO || error->system_error != ECHILD) return false;
  }
  return false;
}

bool cdec_use(cdec_process *process, const cimg_options *options, void *memory, size_t bytes,
              cimg_error *error) {
  const uint64_t input = (uint64_t)options->width * options->height * 4;
  *error = (cimg_error){
      .code = CIMG_MEMORY, .needed = input, .available = process->settings.input_bytes};
  if (input > process->settings.input_bytes) return false;
  cdec_plan *plan = process->plan;
  plan->options = *options;
  plan->memory = memory;
  plan->bytes = bytes;
  process->decoder_bytes = options->decoder_bytes;
  return make(process, error);
}

int cdec_confinement(const cdec_process *process) {
  return process->confinement;
}

const uint8_t *cdec_input(const cdec_process *process) {
  return process->input;
}

static void send(cdec_process *process, uint32_t order) {
  cdec_shared *shared = process->shared;
  shared->order = order;
  // What it said before is done with.
  shared->says = 0;
  __atomic_fetch_add(&shared->orders, 1, __ATOMIC_SEQ_CST);
  csys_futex_wake(&shared->orders);
}

/// The picture's first bytes, as many as are buffered or one read() gives, and the order. False
/// where there are none.
static bool send_picture(cdec_process *process) {
  cdec_shared *shared = process->shared;
  const size_t count =
      cimg_source_hand_out(&process->source, process->window, process->settings.window_bytes);
  if (count == 0) return false;
  process->handed_out = count;
  process->waited_ns = 0;
  shared->count = (uint32_t)count;
  shared->failure = 0;
  shared->ended = false;
  shared->single = process->source.single;
  process->heard = __atomic_load_n(&shared->bell, __ATOMIC_ACQUIRE);
  send(process, CDEC_ORDER_DECODE);
  return true;
}

void cdec_begin(cdec_process *process, const cimg_source *source) {
  process->source = *source;
  process->source.attached_begin = process->source.attached_end = 0;
  process->start = cimg_source_offset(source);
  process->began_ns = csys_monotonic_nanoseconds();
  process->read_before_ns = source->read_ns;
  process->handed_out = 0;
  process->is_second_try = false;
  process->holds_answer = false;
  cimg_error error;
  // Also where the last one has ended since, by whatever hand.
  const bool is_there = !process->must_begin_anew && csys_forkserver_has_child(process->server);
  process->must_begin_anew = !is_there && !make(process, &error);
  if (process->must_begin_anew) process->start_error = error.system_error;
  // Where nothing comes there is nothing to decode.
  if (!process->must_begin_anew) process->holds_answer = !send_picture(process);
}

/// Hands over what the decoder asked for. False if it can't have asked so.
static bool give(cdec_process *process) {
  cdec_shared *shared = process->shared;
  const uint32_t at = *(const volatile uint32_t *)&shared->at;
  const uint32_t wanted = *(const volatile uint32_t *)&shared->wanted;
  const size_t bytes = process->settings.window_bytes;
  if (at > bytes || wanted == 0 || wanted > bytes - at) return false;
  const size_t count = cimg_source_hand_out(&process->source, process->window + at, wanted);
  process->handed_out += count;
  shared->count = (uint32_t)count;
  shared->failure = process->source.system_error;
  shared->ended = count == 0;
  send(process, CDEC_ORDER_BYTES);
  return true;
}

/// The times of the picture so far: what was read, and what passed besides.
static void note_times(cdec_process *process, cdec_result *result) {
  const uint64_t passed = csys_monotonic_nanoseconds() - process->began_ns;
  result->info.read_ns = process->source.read_ns - process->read_before_ns;
  const uint64_t besides = passed > result->info.read_ns ? passed - result->info.read_ns : 0;
  const uint64_t worked = result->info.decode_ns + result->info.preprocess_ns;
  result->handover_ns = besides > worked ? besides - worked : 0;
}

static uint64_t time_besides_reading(const cdec_process *process) {
  const uint64_t passed = csys_monotonic_nanoseconds() - process->began_ns;
  const uint64_t reading = process->source.read_ns - process->read_before_ns;
  return passed > reading ? passed - reading : 0;
}

static int32_t take(cdec_process *process, cdec_result *result) {
  cdec_shared *shared = process->shared;
  memcpy(&result->info, &shared->info, sizeof result->info);
  memcpy(&result->error, &shared->error, sizeof result->error);
  const uint64_t consumed = *(const volatile uint64_t *)&shared->consumed;
  if (!cdec_check(process, consumed, time_besides_reading(process), result)) return CDEC_LIED;
  cimg_source_go_back(&process->source, process->start + consumed);
  // An honest decoder is never further back than the source remembers.
  if (!process->source.single &&
      cimg_source_offset(&process->source) != process->start + consumed) {
    return CDEC_LIED;
  }
  note_times(process, result);
  if (result->error.code != CIMG_OK) return CDEC_REFUSED;
  process->source.attached_begin = result->info.attached_begin;
  process->source.attached_end = result->info.attached_end;
  return CDEC_DONE;
}

/// The picture costs its process.
static int32_t give_up(cdec_process *process, int32_t status, int32_t number, cdec_result *result) {
  if (csys_forkserver_kill(process->server) != 0 && status != CDEC_NONE) {
    status = CDEC_NONE;
    number = ECHILD;
  }
  process->must_begin_anew = true;
  *result = (cdec_result){.status = status, .number = number};
  cimg_source_go_back(&process->source, process->start + 2);
  result->info.offset = process->start;
  result->info.byte_count = cimg_source_offset(&process->source) - process->start;
  note_times(process, result);
  return status;
}

/// The process has ended. Where it hadn't begun with the picture, the picture has no part in that:
/// once more, with a fresh one.
static int32_t mourn(cdec_process *process, cdec_result *result) {
  const bool had_begun = __atomic_load_n(&process->shared->seen, __ATOMIC_ACQUIRE) ==
                         __atomic_load_n(&process->shared->orders, __ATOMIC_ACQUIRE);
  const int number = csys_forkserver_last_signal(process->server);
  cimg_error error = {0};
  if (had_begun || process->is_second_try) return give_up(process, CDEC_CRASHED, number, result);
  process->is_second_try = true;
  cimg_source_go_back(&process->source, process->start);
  if (cimg_source_offset(&process->source) != process->start) {
    return give_up(process, CDEC_CRASHED, number, result);
  }
  if (!make(process, &error) || !send_picture(process)) {
    return give_up(process, CDEC_NONE, error.system_error, result);
  }
  return CDEC_WORKING;
}

/// The source has not one byte: said without asking anybody.
static int32_t say_empty(cdec_process *process, cdec_result *result) {
  *result = (cdec_result){.status = CDEC_REFUSED};
  result->info.offset = process->start;
  const int number = process->source.system_error;
  result->error = (cimg_error){
      .code = number ? CIMG_IO : CIMG_EMPTY, .system_error = number, .offset = process->start};
  note_times(process, result);
  return CDEC_REFUSED;
}

static int32_t go_on(cdec_process *process, uint64_t nanoseconds, cdec_result *result) {
  if (process->holds_answer) return say_empty(process, result);
  if (process->must_begin_anew) {
    return give_up(process, CDEC_NONE, process->start_error, result);
  };
  const uint64_t start = csys_monotonic_nanoseconds();
  do {
    const bool has_news = listen(process, nanoseconds);
    if (!csys_forkserver_has_child(process->server)) {
      const int32_t status = mourn(process, result);
      if (status != CDEC_WORKING) return result->status = status;
      continue;
    }
    if (has_news) {
      const uint32_t says = *(const volatile uint32_t *)&process->shared->says;
      if (says == CDEC_SAYS_DONE) {
        const int32_t status = take(process, result);
        if (status == CDEC_LIED) return give_up(process, CDEC_LIED, 0, result);
        return result->status = status;
      }
      if (says == CDEC_SAYS_MORE && !give(process)) return give_up(process, CDEC_LIED, 0, result);
    }
    if (process->waited_ns > process->settings.timeout_ns) {
      return give_up(process, CDEC_TIMED_OUT, (int32_t)(process->settings.timeout_ns / 1000000),
                     result);
    }
  } while (csys_monotonic_nanoseconds() - start < nanoseconds);
  return CDEC_WORKING;
}

int32_t cdec_go_on(cdec_process *process, uint64_t nanoseconds, cdec_result *result) {
  const int32_t status = go_on(process, nanoseconds, result);
  result->source = process->source;
  return status;
}

void cdec_end(cdec_process *process) {
  csys_forkserver_end(process->server);
}

int64_t cdec_peak_bytes(const cdec_process *process) {
  return csys_forkserver_peak_bytes(process->server);
}

int64_t cdec_resident_bytes(const cdec_process *process) {
  return csys_forkserver_resident_bytes(process->server);
}
