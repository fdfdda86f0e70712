// Pictures that follow each other in one source, with whatever else between them.
#include <string.h>

#include "cimg_internal.h"

// Whether a picture begins here. Stricter than what is decoded: three bytes of JPEG signature come
// up by chance every 16 MB, so the segments that files begin with are asked for (tables, frame,
// APPn, comment). What the source's end cuts off counts, as far as it is there.
static bool is_beginning(const uint8_t *bytes, size_t count) {
  if (count < 3) return false;
  uint8_t format = cimg_format_of(bytes, count);
  if (format != CIMG_FORMAT_JPEG || count == 3) return format != 0;
  uint8_t segment = bytes[3];
  return (segment >= 0xC0 && segment <= 0xCF && segment != 0xC8) || segment == 0xDB ||
         segment == 0xDD || (segment >= 0xE0 && segment <= 0xEF) || segment == 0xF7 ||
         segment == 0xFE;
}

// Both signatures begin with bytes that are rare enough for a search by these alone.
static void skip_to_candidate(cimg_source *source) {
  const uint8_t *bytes = source->buffer;
  size_t at = source->position;
  while (at < source->filled && bytes[at] != 0xFF && bytes[at] != 0x89) at++;
  source->position = at;
}

static void skip_to(cimg_source *source, uint64_t offset) {
  while (cimg_source_offset(source) < offset && cimg_source_ahead(source, 1) == 1) {
    uint64_t left = offset - cimg_source_offset(source);
    size_t here = source->filled - source->position;
    source->position += left < here ? (size_t)left : here;
  }
}

// The pictures that the last one named lie ahead or begin here. They are believed in where the
// first of them is.
static bool skip_attached(cimg_source *source, const uint8_t *bytes, size_t count) {
  uint64_t end = source->attached_end;
  if (end == 0 || cimg_source_offset(source) != source->attached_begin) return false;
  source->attached_begin = source->attached_end = 0;
  if (!is_beginning(bytes, count)) return false;
  skip_to(source, end);
  return true;
}

static void remember(const uint8_t *bytes, size_t count, cimg_error *error) {
  memcpy(error->first_bytes, bytes, count);
  error->first_byte_count = (uint8_t)count;
}

static int32_t no_picture(cimg_source *source, bool is_silent, cimg_error *error) {
  if (source->system_error) {
    cimg_fail_end(source, error);
  } else if (!is_silent) {
    error->offset = cimg_source_offset(source);
    error->code = error->first_byte_count > 0 ? CIMG_UNKNOWN : CIMG_EMPTY;
  } else {
    return CIMG_EMPTY;
  }
  return error->code;
}

int32_t cimg_source_next(cimg_source *source, cimg_error *error) {
  *error = (cimg_error){0};
  // All that is at hand of what is no picture; nothing is waited for beyond a signature's bytes.
  size_t ahead = cimg_source_ahead(source, 4);
  size_t known = source->filled - source->position;
  if (known > sizeof error->first_bytes) known = sizeof error->first_bytes;
  remember(source->buffer + source->position, known, error);
  uint64_t start = cimg_source_offset(source);
  while (ahead > 0) {
    const uint8_t *bytes = source->buffer + source->position;
    // A PNG's signature is longer; its first four bytes are no beginning of anything else.
    if (ahead >= 4 && bytes[0] == 0x89) ahead = cimg_source_ahead(source, CIMG_SIGNATURE_BYTES);
    bytes = source->buffer + source->position;
    if (skip_attached(source, bytes, ahead)) {
      start = cimg_source_offset(source);
    } else if (is_beginning(bytes, ahead)) {
      source->has_picture = true;
      error->first_byte_count = 0;
      return CIMG_OK;
    } else {
      source->position++;
      skip_to_candidate(source);
    }
    if (cimg_source_offset(source) - start > CIMG_LONGEST_GAP)
      return no_picture(source, false, error);
    ahead = cimg_source_ahead(source, 4);
  }
  return no_picture(source, source->has_picture, error);
}
