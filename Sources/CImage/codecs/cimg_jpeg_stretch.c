#include "cimg_jpeg_stretch.h"

#include <string.h>

// Whether a byte of ones, stuffed, may be part of 16 ones in a row: 16 ones anywhere have a whole
// byte of them. `first` is the first byte whose neighbours are known, `end` behind the last.
static bool is_in_ones(const uint8_t *byte, const uint8_t *first, const uint8_t *end) {
  uint8_t before = byte > first ? byte[-1] : 0xFF;
  if (before == 0 && byte - first >= 2 && byte[-2] == 0xFF) before = 0xFF;
  uint8_t after = byte + 2 < end ? byte[2] : 0xFF;
  int ones = 8;
  for (; before & 1; before >>= 1) ones++;
  for (; after & 0x80; after = (uint8_t)(after << 1)) ones++;
  return ones >= 16;
}

cimg_jpeg_stretch cimg_jpeg_stretch_ahead(const uint8_t *first, size_t available, size_t most,
                                          bool before_ones) {
  cimg_jpeg_stretch ahead = {0, 0};
  if (most > available) most = available;
  while (ahead.length < most) {
    const uint8_t *mark = memchr(first + ahead.length, 0xFF, most - ahead.length);
    if (!mark) {
      ahead.length = most;
      break;
    }
    ahead.length = (size_t)(mark - first);
    if (ahead.length + 1 >= available) break;
    bool restarts = cimg_jpeg_is_restart(mark[1]) && ahead.length > 0;
    if (mark[1] != 0 && !restarts) break;
    if (before_ones && !restarts && is_in_ones(mark, first, first + available)) break;
    ahead.length += 2;
    if (restarts) ahead.since = ahead.length;
  }
  return ahead;
}
