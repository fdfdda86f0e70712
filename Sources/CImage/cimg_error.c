// For clock_gettime and strerrordesc_np, which needs neither locale nor memory.
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cimg_internal.h"

uint64_t cimg_clock_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void cimg_fail(cimg_error *error, int32_t code, uint64_t offset, const char *message) {
  if (error->code != CIMG_OK) return;
  error->code = code;
  error->offset = offset;
  size_t count = strlen(message);
  if (count > CIMG_MESSAGE_BYTES - 1) count = CIMG_MESSAGE_BYTES - 1;
  memcpy(error->message, message, count);
  error->message[count] = 0;
  error->message_count = (uint8_t)count;
}

void cimg_fail_sizes(cimg_error *error, int32_t code, uint64_t needed, uint64_t available) {
  if (error->code != CIMG_OK) return;
  error->code = code;
  error->needed = needed;
  error->available = available;
}

static const char *system_text(int number) {
  const char *text = strerrordesc_np(number);
  return text ? text : "unknown error";
}

// What was given instead, by name, and what to do; bytes only where there is no name.
static int unknown_text(const cimg_error *error, char *text, size_t capacity) {
  cimg_kind kind = cimg_kind_of(error->first_bytes, error->first_byte_count);
  unsigned long long offset = error->offset;
  const char *advice = "expected a JPEG or PNG picture";
  switch (kind.kind) {
    case CIMG_KIND_UNKNOWN: {
      enum { SHOWN = 8 };
      char bytes[3 * SHOWN + 1] = "";
      for (int i = 0; i < error->first_byte_count && i < SHOWN; i++)
        snprintf(bytes + 3 * i, 4, " %02X", error->first_bytes[i]);
      if (offset > 0)
        return snprintf(text, capacity, "no JPEG or PNG picture in %llu bytes, which begin with%s",
                        offset, bytes);
      return snprintf(text, capacity,
                      "neither JPEG nor PNG: begins with%s, expected FF D8 FF or "
                      "89 50 4E 47 0D 0A 1A 0A",
                      bytes);
    }
    case CIMG_KIND_OTHER:
      advice = "convert it to JPEG or PNG, or set the camera to JPEG";
      break;
    case CIMG_KIND_CONTAINER:
      advice = "JPEG frames inside are read from standard input: sinf classify - < FILE";
      break;
    case CIMG_KIND_MODEL:
      advice = "'sinfc compile' makes a model for --model of an ONNX file";
      break;
    case CIMG_KIND_OWN_MODEL:
      advice = "it is given with --model";
      break;
    default:
      break;
  }
  if (offset > 0)
    return snprintf(text, capacity, "no JPEG or PNG picture in %llu bytes: this is %s", offset,
                    kind.name);
  return snprintf(text, capacity, "neither JPEG nor PNG: this is %s; %s", kind.name, advice);
}

size_t cimg_error_text(const cimg_error *error, char *text, size_t capacity) {
  if (capacity == 0) return 0;
  int length = 0;
  unsigned long long offset = error->offset;
  unsigned long long needed = error->needed;
  unsigned long long available = error->available;
  switch (error->code) {
    case CIMG_OK:
      length = snprintf(text, capacity, "no error");
      break;
    case CIMG_EMPTY:
      length = snprintf(text, capacity, "empty: found 0 bytes, expected a JPEG or PNG picture");
      break;
    case CIMG_UNKNOWN:
      length = unknown_text(error, text, capacity);
      break;
    case CIMG_TRUNCATED:
      length = snprintf(text, capacity, "truncated: the data ends at byte %llu inside the picture",
                        offset);
      break;
    case CIMG_CORRUPT:
      length = snprintf(text, capacity, "corrupt, noticed at byte %llu: %.*s", offset,
                        error->message_count, error->message);
      break;
    case CIMG_UNSUPPORTED:
      length = snprintf(text, capacity, "not supported (byte %llu): %.*s", offset,
                        error->message_count, error->message);
      break;
    case CIMG_MEMORY:
      length = snprintf(text, capacity, "decoding needs %llu bytes of memory, the decoder has %llu",
                        needed, available);
      break;
    case CIMG_PIXELS:
      length = snprintf(text, capacity, "the picture has %llu pixels, the limit is %llu", needed,
                        available);
      break;
    case CIMG_IO:
      length = snprintf(text, capacity, "reading failed: %s", system_text(error->system_error));
      break;
    default:
      length =
          snprintf(text, capacity, "preprocessing: %.*s", error->message_count, error->message);
  }
  // snprintf counts what it would have written.
  if (length < 0) return 0;
  return (size_t)length < capacity ? (size_t)length : capacity - 1;
}
