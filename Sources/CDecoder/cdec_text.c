#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "cdec_internal.h"

static int put(int32_t status, int32_t number, char *text, size_t capacity) {
  if (status == CDEC_CRASHED && number == 0) {
    return snprintf(text, capacity, "the decoder ended in the midst of it");
  }
  if (status == CDEC_CRASHED) {
    const char *name = sigdescr_np(number);
    return snprintf(text, capacity, "the decoder crashed on it (signal %d, %s)", number,
                    name ? name : "unknown");
  }
  if (status == CDEC_TIMED_OUT) {
    return snprintf(text, capacity, "decoding takes longer than %d.%03d s; see --frame-timeout",
                    number / 1000, number % 1000);
  }
  if (status == CDEC_LIED) {
    return snprintf(text, capacity, "the decoder answered what no picture gives; it was replaced");
  }
  const char *reason = strerrordesc_np(number);
  return snprintf(text, capacity, "no decoder can be started: %s", reason ? reason : "unknown");
}

size_t cdec_failure_text(int32_t status, int32_t number, char *text, size_t capacity) {
  if (capacity == 0) return 0;
  const int length = put(status, number, text, capacity);
  // snprintf counts what it would have written.
  if (length < 0) return 0;
  return (size_t)length < capacity ? (size_t)length : capacity - 1;
}
