// usage: digest-pictures MUTATIONS FILE...
// What becomes of each picture, whole and MUTATIONS times damaged, for inputs of three sizes: the
// error's text or a hash of the input, one a line. The same on every machine
// (tools/check-pixels-everywhere.sh).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cimage.h"

enum { CAPACITY = 1 << 22, SIZES = 3, LARGEST = 40 };
static const uint16_t sides[SIZES] = {LARGEST, 12, 3};

static uint32_t state;

static uint32_t below(size_t bound) {
  state = state * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)state * bound) >> 32);
}

// One to three times: a bit or a byte changed, bytes taken out, or everything behind cut off. More
// of it where the compressed data is.
static size_t damage(uint8_t *bytes, size_t count) {
  for (uint32_t times = 1 + below(3); times > 0 && count > 64; times--) {
    size_t at = below(2) ? below(count) : count / 3 + below(count - count / 3);
    switch (below(8)) {
      case 0:
      case 1:
      case 2:
        bytes[at] ^= (uint8_t)(1u << below(8));
        break;
      case 3:
      case 4:
      case 5:
        bytes[at] = (uint8_t)below(256);
        break;
      case 6: {
        size_t taken = 1 + below(3);
        if (at + taken > count) break;
        memmove(bytes + at, bytes + at + taken, count - at - taken);
        count -= taken;
        break;
      }
      default:
        count = at > 64 ? at : count;
    }
  }
  return count;
}

static uint32_t hash(const uint8_t *bytes, size_t count) {
  uint32_t value = 2166136261u;
  for (size_t i = 0; i < count; i++) value = (value ^ bytes[i]) * 16777619u;
  return value;
}

// A refusal for memory counts bytes, which differ with the length of a pointer.
static void print(const cimg_info *info, const cimg_error *error, const uint8_t *input,
                  size_t bytes) {
  char text[256];
  size_t length = cimg_error_text(error, text, sizeof text);
  if (error->code == CIMG_OK) {
    printf("%08x %llu\n", (unsigned)hash(input, bytes), (unsigned long long)info->byte_count);
  } else if (error->code == CIMG_MEMORY) {
    printf("memory\n");
  } else {
    printf("%.*s\n", (int)length, text);
  }
}

int main(int count, char **arguments) {
  static uint8_t file[CAPACITY], damaged[CAPACITY], input[LARGEST * LARGEST * 4];
  if (count < 3) return 2;
  cimg_decoder *decoders[SIZES];
  cimg_info info;
  cimg_error error;
  for (int i = 0; i < SIZES; i++) {
    cimg_options options = {.width = sides[i],
                            .height = sides[i],
                            .order = CIMG_RGB,
                            .fit = CIMG_STRETCH,
                            .crop_permille = 1000,
                            .maximum_pixels = 1 << 20,
                            .decoder_bytes = 4 << 20};
    size_t bytes = (cimg_decoder_bytes(&options) + 63) & ~(size_t)63;
    decoders[i] = cimg_decoder_create(aligned_alloc(64, bytes), bytes, &options, &error);
    if (!decoders[i]) return 1;
  }
  int mutations = atoi(arguments[1]);
  for (int i = 2; i < count; i++) {
    FILE *stream = fopen(arguments[i], "rb");
    if (!stream) return 1;
    size_t bytes = fread(file, 1, sizeof file, stream);
    fclose(stream);
    state = (uint32_t)i * 2654435761u;
    for (int mutation = 0; mutation <= mutations; mutation++) {
      memcpy(damaged, file, bytes);
      size_t left = mutation > 0 ? damage(damaged, bytes) : bytes;
      for (int k = 0; k < SIZES; k++) {
        cimg_source source = cimg_source_from_memory(damaged, left);
        cimg_decode(decoders[k], &source, input, &info, &error);
        printf("%s %d %d: ", arguments[i], mutation, sides[k]);
        print(&info, &error, input, (size_t)sides[k] * sides[k] * 4);
      }
    }
  }
  return 0;
}
