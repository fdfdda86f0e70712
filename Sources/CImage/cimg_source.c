#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cimg_internal.h"

cimg_source cimg_source_from_descriptor(int32_t descriptor, void *buffer, size_t capacity) {
  return (cimg_source){.buffer = buffer, .capacity = capacity, .descriptor = descriptor};
}

cimg_source cimg_source_from_memory(const void *bytes, size_t count) {
  // Nothing writes through `buffer` without a descriptor.
  return (cimg_source){
      .buffer = (uint8_t *)bytes, .capacity = count, .filled = count, .descriptor = -1};
}

// Appends what one read() gives. False at the end or after a failure.
static bool append(cimg_source *source) {
  if (source->descriptor < 0 || source->ended || source->system_error) return false;
  uint64_t start = cimg_clock_ns();
  ssize_t count;
  do {
    count = read(source->descriptor, source->buffer + source->filled,
                 source->capacity - source->filled);
  } while (count < 0 && errno == EINTR);
  if (count < 0) source->system_error = errno;
  source->read_ns += cimg_clock_ns() - start;
  if (count == 0) source->ended = true;
  if (count <= 0) return false;
  source->filled += (size_t)count;
  return true;
}

bool cimg_source_refill(cimg_source *source) {
  if (source->descriptor < 0) return false;
  source->base += source->filled;
  source->position = source->filled = 0;
  return append(source);
}

size_t cimg_source_ahead(cimg_source *source, size_t wanted) {
  if (source->descriptor >= 0 && source->filled - source->position < wanted) {
    memmove(source->buffer, source->buffer + source->position, source->filled - source->position);
    source->base += source->position;
    source->filled -= source->position;
    source->position = 0;
    while (source->filled < wanted && append(source)) {
    }
  }
  size_t ahead = source->filled - source->position;
  return ahead < wanted ? ahead : wanted;
}

void cimg_fail_end(const cimg_source *source, cimg_error *error) {
  if (source->system_error) {
    cimg_fail(error, CIMG_IO, cimg_source_offset(source), "");
    error->system_error = source->system_error;
  } else {
    cimg_fail(error, CIMG_TRUNCATED, cimg_source_offset(source), "");
  }
}
