// Compressed JPEG data as far as it can be handed out in one piece.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cimg_jpeg_stretch {
  size_t length;  // bytes
  size_t since;   // where the last restart interval begins: 0, or behind a restart marker
} cimg_jpeg_stretch;

static inline bool cimg_jpeg_is_restart(uint8_t marker) {
  return marker >= 0xD0 && marker <= 0xD7;
}

// What lies at `first`, of which `available` bytes are at hand: the data up to a marker other than
// those of restarts, or up to `most` bytes, which a stuffed FF at the end may pass by one. One byte
// is at hand, and the one behind it if it is FF; an FF that is the last is left for later.
// `before_ones`: it also ends before an FF that may be part of 16 ones in a row.
cimg_jpeg_stretch cimg_jpeg_stretch_ahead(const uint8_t *first, size_t available, size_t most,
                                          bool before_ones);
