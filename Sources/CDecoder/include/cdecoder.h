// Decoding in a process of its own, which can touch nothing: pictures come from strangers, and
// codecs are large. Bytes go in and pixels come out through one piece of shared memory. Whatever
// the process writes there is checked before it is used; when it crashes, takes too long or answers
// what can't be, that costs the picture at hand, and the next one gets a fresh process.
// docs/architecture.md says who may do what.
#pragma once
#include <cimage.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cdec_process cdec_process;

typedef struct cdec_settings {
  // Of the window through which encoded bytes go, at least 64; as large as the sources' buffers.
  size_t window_bytes;
  // Most bytes of an input, 4 a pixel.
  size_t input_bytes;
  // Time for one picture, waiting for its bytes not counted.
  uint64_t timeout_ns;
  // Whether the process gives up everything but computing.
  bool confines;
} cdec_settings;

// How decoding stands.
enum {
  CDEC_WORKING = 0,
  CDEC_DONE = 1,       // the picture was decoded: info
  CDEC_REFUSED = 2,    // it was not: error
  CDEC_CRASHED = 3,    // the process ended: failure.number is the signal, 0 for none
  CDEC_TIMED_OUT = 4,  // failure.number is the limit in milliseconds
  CDEC_LIED = 5,       // it answered what can't be
  CDEC_NONE = 6,       // no process can be had: failure.number is an errno
};

typedef struct cdec_result {
  int32_t status;
  int32_t number;
  cimg_info info;
  cimg_error error;
  cimg_source source;
  // Time for handing bytes, pixels and answers over, and for waking each other.
  uint64_t handover_ns;
} cdec_result;

// Shared memory that a process with these settings takes, in bytes.
size_t cdec_shared_bytes(const cdec_settings *settings);

// Makes the fork server that decoding processes come from. Call it while there is one thread only.
// NULL and an errno when the system refuses.
cdec_process *cdec_start(const cdec_settings *settings, int *error);

// A fresh decoding process with these options. `memory`, at a multiple of 64, was mapped privately
// before cdec_start: the process has a copy of its own, of pages that nobody has written yet. False
// and the error: CIMG_OPTIONS, CIMG_MEMORY as cimg_decoder_create says it, CIMG_IO when no process
// can be had.
bool cdec_use(cdec_process *process, const cimg_options *options, void *memory, size_t bytes,
              cimg_error *error);

// csys_confinement or'ed: what the decoding process has given up.
int cdec_confinement(const cdec_process *process);

// Begins with the next picture of the source, which is the process's until the end.
void cdec_begin(cdec_process *process, const cimg_source *source);
// Goes on for at most `nanoseconds`, then says how it stands; anything but CDEC_WORKING is the end,
// and result->source then stands where cimg_decode leaves it. After a crash and the like it stands
// two bytes behind the beginning, or where the buffer begins.
int32_t cdec_go_on(cdec_process *process, uint64_t nanoseconds, cdec_result *result);
// The decoded input, valid until the next picture; any process of the pair may have written it.
const uint8_t *cdec_input(const cdec_process *process);

// Writes a line of text about CDEC_CRASHED and what follows it; returns its length.
size_t cdec_failure_text(int32_t status, int32_t number, char *text, size_t capacity);

// Resident memory that is the decoding processes' own: peak, now. -1 for unknown.
int64_t cdec_peak_bytes(const cdec_process *process);
int64_t cdec_resident_bytes(const cdec_process *process);

// Ends the processes and waits for their end; all that can be done now is cdec_stop.
void cdec_end(cdec_process *process);
void cdec_stop(cdec_process *process);

#ifdef __cplusplus
}
#endif
