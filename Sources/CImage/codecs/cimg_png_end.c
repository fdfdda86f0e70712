// Chunks behind the image data change no pixel. They are passed over one by one up to IEND; what
// breaks off or has a wrong checksum is left where it is, since it may be anything, the beginning
// of the next picture included.
#include <string.h>
#include <zlib.h>

#include "cimg_png.h"

enum { HEAD = 8, CHECKSUM = 4, MOST_BYTES = 0x7FFFFFFF };

static uint32_t number(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is_name(const uint8_t *bytes) {
  for (int i = 0; i < 4; i++) {
    uint8_t letter = bytes[i] | 0x20;
    if (letter < 'a' || letter > 'z') return false;
  }
  return true;
}

// Passes over the chunk at the source's position; false where it is none.
static bool skip_chunk(cimg_source *source, bool *is_last) {
  if (cimg_source_ahead(source, HEAD) < HEAD) return false;
  const uint8_t *head = source->buffer + source->position;
  uint32_t left = number(head);
  if (left > MOST_BYTES || !is_name(head + 4)) return false;
  *is_last = memcmp(head + 4, "IEND", 4) == 0;
  if (*is_last && left > 0) return false;
  uLong sum = crc32(0, head + 4, 4);
  source->position += HEAD;
  while (left > 0) {
    size_t here = source->filled - source->position;
    if (here == 0) {
      if (!cimg_source_refill(source)) return false;
      continue;
    }
    if (here > left) here = left;
    sum = crc32(sum, source->buffer + source->position, (uInt)here);
    source->position += here;
    left -= (uint32_t)here;
  }
  if (cimg_source_ahead(source, CHECKSUM) < CHECKSUM) return *is_last;
  uint32_t stored = number(source->buffer + source->position);
  // An end is an end; bytes that aren't its checksum may be the next picture's.
  if (stored != sum) return *is_last;
  source->position += CHECKSUM;
  return true;
}

void cimg_png_find_end(cimg_source *source) {
  bool is_last = false;
  while (!is_last) {
    uint64_t start = cimg_source_offset(source);
    if (skip_chunk(source, &is_last)) continue;
    // At the source's end nothing follows that could be another picture's.
    if (cimg_source_ahead(source, 1) > 0) cimg_source_go_back(source, start);
    return;
  }
}
