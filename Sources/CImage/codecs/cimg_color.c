#include "cimg_internal.h"

// a * b / 255 rounded to nearest, exact for bytes.
static inline uint32_t scaled(uint32_t a, uint32_t b) {
  uint32_t product = a * b + 128;
  return (product + (product >> 8)) >> 8;
}

void cimg_color_cmyk(uint8_t *pixels, size_t count) {
  uint8_t *to = pixels;
  for (const uint8_t *from = pixels; count; count--, from += 4, to += 3) {
    // The file holds 255 - ink: with k = 255 - K and c = 255 - C, red is k - C * k / 255, which
    // is never negative.
    uint32_t k = from[3];
    uint8_t red = (uint8_t)(k - scaled(255u - from[0], k));
    uint8_t green = (uint8_t)(k - scaled(255u - from[1], k));
    uint8_t blue = (uint8_t)(k - scaled(255u - from[2], k));
    to[0] = red, to[1] = green, to[2] = blue;
  }
}

void cimg_color_composite(uint8_t *pixels, size_t count, const uint8_t background[3]) {
  uint8_t *to = pixels;
  for (const uint8_t *from = pixels; count; count--, from += 4, to += 3) {
    uint32_t alpha = from[3];
    for (int i = 0; i < 3; i++) {
      // (x + 127) / 255 is x / 255 rounded to nearest: 255 is odd, so there are no ties.
      to[i] = (uint8_t)((from[i] * alpha + background[i] * (255u - alpha) + 127u) / 255u);
    }
  }
}

void cimg_color_grey(uint8_t *pixels, size_t count) {
  uint8_t *to = pixels;
  for (const uint8_t *from = pixels; count; count--, from += 3, to++) {
    // ITU-R BT.601 luma; the three factors add up to 65536.
    *to = (uint8_t)((from[0] * 19595u + from[1] * 38470u + from[2] * 7471u + 32768u) >> 16);
  }
}
