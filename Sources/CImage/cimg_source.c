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

cimg_source cimg_source_from_reader(cimg_reader reader, void *context, void *buffer,
                                    size_t capacity, size_t filled) {
  return (cimg_source){.buffer = buffer,
                       .capacity = capacity,
                       .filled = filled,
                       .reader = reader,
                       .reader_context = context};
}

cimg_source cimg_source_from_file(int32_t descriptor) {
  return (cimg_source){.descriptor = descriptor, .single = true};
}

static ssize_t read_some(const cimg_source *source, uint8_t *bytes, size_t count) {
  if (source->reader) return source->reader(source->reader_context, bytes, count);
  ssize_t got;
  do {
    got = read(source->descriptor, bytes, count);
  } while (got < 0 && errno == EINTR);
  return got < 0 ? -errno : got;
}

// What one read() gives; 0 at the end or after a failure.
static size_t fetch(cimg_source *source, uint8_t *bytes, size_t count) {
  if (source->descriptor < 0 || source->ended || source->system_error) return 0;
  uint64_t start = cimg_clock_ns();
  const ssize_t got = read_some(source, bytes, count);
  if (got < 0) source->system_error = (int32_t)-got;
  source->read_ns += cimg_clock_ns() - start;
  if (got == 0) source->ended = true;
  return got > 0 ? (size_t)got : 0;
}

// Appends what one read() gives. False at the end or after a failure.
static bool append(cimg_source *source) {
  const size_t count =
      fetch(source, source->buffer + source->filled, source->capacity - source->filled);
  source->filled += count;
  return count > 0;
}

bool cimg_source_refill(cimg_source *source) {
  if (source->descriptor < 0) return false;
  // Half a buffer of what went before stays: a damaged picture may have swallowed the beginning of
  // the next one, and the search for that has to go back.
  size_t ahead = source->filled - source->position;
  size_t kept = source->filled < source->capacity / 2 ? source->filled : source->capacity / 2;
  if (source->single || kept < ahead) kept = ahead;
  size_t from = source->filled - kept;
  if (from > 0) memmove(source->buffer, source->buffer + from, kept);
  source->base += from;
  source->position = kept - ahead;
  source->filled = kept;
  return append(source);
}

size_t cimg_source_ahead(cimg_source *source, size_t wanted) {
  while (source->filled - source->position < wanted && cimg_source_refill(source)) {
  }
  size_t ahead = source->filled - source->position;
  return ahead < wanted ? ahead : wanted;
}

size_t cimg_source_hand_out(cimg_source *source, uint8_t *bytes, size_t count) {
  if (source->capacity == 0) {
    count = fetch(source, bytes, count);
    source->base += count;
    return count;
  }
  if (source->position == source->filled && !cimg_source_refill(source)) return 0;
  const size_t left = source->filled - source->position;
  if (count > left) count = left;
  memcpy(bytes, source->buffer + source->position, count);
  source->position += count;
  return count;
}

void cimg_fail_end(const cimg_source *source, cimg_error *error) {
  if (source->system_error) {
    cimg_fail(error, CIMG_IO, cimg_source_offset(source), "");
    error->system_error = source->system_error;
  } else {
    cimg_fail(error, CIMG_TRUNCATED, cimg_source_offset(source), "");
  }
}

uint8_t cimg_format_of(const uint8_t *bytes, size_t count) {
  static const uint8_t jpeg[3] = {0xFF, 0xD8, 0xFF};
  static const uint8_t png[CIMG_SIGNATURE_BYTES] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  if (memcmp(bytes, jpeg, count < sizeof jpeg ? count : sizeof jpeg) == 0) return CIMG_FORMAT_JPEG;
  if (memcmp(bytes, png, count < sizeof png ? count : sizeof png) == 0) return CIMG_FORMAT_PNG;
  return 0;
}

void cimg_source_go_back(cimg_source *source, uint64_t offset) {
  if (offset < source->base) offset = source->base;
  if (offset < cimg_source_offset(source)) source->position = (size_t)(offset - source->base);
}
