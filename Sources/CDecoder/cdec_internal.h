// What the two processes share, and what is the asking one's alone.
#pragma once
#include <csystem.h>

#include "cdecoder.h"

// What a message asks for or says.
enum {
  CDEC_ORDER_DECODE = 1,  // asker: the window holds the first `count` bytes
  CDEC_ORDER_BYTES = 2,   // asker: the window holds `count` more, where they were asked for
  CDEC_SAYS_READY = 3,    // decoder: it was made, or not: error
  CDEC_SAYS_MORE = 4,     // decoder: wants up to `wanted` bytes, at `at` in the window
  CDEC_SAYS_DONE = 5,     // decoder: info, error, consumed
};

// The shared memory: this, the window, the input. Both may write everything at any time: the asker
// reads each field once and checks it.
typedef struct cdec_shared {
  // Incremented with each message of the asker, on which the decoder sleeps.
  _Alignas(64) uint32_t orders;
  // Incremented with each message of the decoder, and when it has ended: the asker sleeps on it.
  _Alignas(64) uint32_t bell;
  // The order that the decoder has seen last.
  _Alignas(64) uint32_t seen;
  // By the asker.
  uint32_t order;
  uint32_t count;
  int32_t failure;  // no more bytes because of this errno
  bool ended;       // no more bytes
  bool single;      // the source holds one picture
  // By the decoder.
  uint32_t says;
  uint32_t at;
  uint32_t wanted;
  int32_t confinement;
  uint64_t consumed;
  cimg_info info;
  cimg_error error;
} cdec_shared;

struct cdec_process {
  cdec_settings settings;
  csys_forkserver *server;
  cdec_shared *shared;
  uint8_t *window;
  uint8_t *input;
  // How the decoding process is to be made; read by it through `plan` below.
  struct cdec_plan *plan;
  size_t decoder_bytes;
  int confinement;
  uint32_t heard;  // of `bell`
  bool must_begin_anew;
  int32_t start_error;  // why it couldn't
  // Of the picture at hand.
  cimg_source source;
  uint64_t start;  // its offset
  uint64_t handed_out;
  uint64_t began_ns;
  uint64_t read_before_ns;
  uint64_t waited_ns;
  bool is_second_try;
  bool holds_answer;
};

// Shared with the fork server, and through it read by the decoding process, which can't write it.
typedef struct cdec_plan {
  cimg_options options;
  void *memory;
  size_t bytes;
  cdec_shared *shared;
  uint8_t *window;
  uint8_t *input;
  size_t window_bytes;
  uint64_t spin_ns;
  bool confines;
} cdec_plan;

// The decoding process: never returns.
void cdec_serve(void *plan, int confined);

// Looks at a word for some time, then sleeps until it is another than `value` or the time is over;
// may come back early.
void cdec_wait_for(const uint32_t *word, uint32_t value, uint64_t spin_ns, uint64_t nanoseconds);

// Checks what the decoding process says of a picture: false if it can't be. `result` has a copy of
// info and error, the times bounded by `available_ns`.
bool cdec_check(const cdec_process *process, uint64_t consumed, uint64_t available_ns,
                cdec_result *result);
