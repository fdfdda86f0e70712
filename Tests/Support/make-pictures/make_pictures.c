// usage: make-pictures FOLDER jpeg|png|mixed COUNT LONGEST-SIDE
// Writes COUNT pictures that go through every way of coding: for JPEG colours, subsampling,
// sequential, progressive and arithmetic coding, restart markers and Exif orientations; for PNG
// colour types, depths, transparency and interlacing. The same arguments give the same bytes.
// Names sort in the order of making and say what is inside: 0007-jpeg-ycc-420-progressive.jpg.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cimage_test_support.h"

enum { FILE_CAPACITY = 1 << 22 };

typedef struct picture {
  char name[80];
  uint8_t *bytes;
  size_t count;
} picture;

static uint32_t state;

// Numerical Recipes' generator; the high bits are the better ones.
static uint32_t below(uint32_t bound) {
  state = state * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)state * bound) >> 32);
}

// Ramps with noise on top.
static uint8_t *pixels(uint32_t lines, size_t line_bytes) {
  uint8_t *all = malloc(lines * line_bytes + 1);
  if (!all) abort();
  for (uint32_t y = 0; y < lines; y++)
    for (size_t x = 0; x < line_bytes; x++)
      all[y * line_bytes + x] = (uint8_t)(x * 3 + y * 5 + below(24));
  return all;
}

// An Exif block with an orientation alone, big-endian, behind `head` bytes for a JPEG's "Exif\0\0".
static uint32_t exif(uint8_t *to, uint8_t orientation, uint32_t head) {
  static const uint8_t block[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0,
                                  3,   0,   0, 0,  1, 0, 0, 0, 0, 0, 0, 0,    0};
  memcpy(to, "Exif\0\0", head);
  memcpy(to + head, block, sizeof block);
  to[head + 19] = orientation;
  return head + (uint32_t)sizeof block;
}

static void make_jpeg(picture *made, uint32_t kind, uint32_t width, uint32_t height) {
  static const struct {
    const char *name;
    int colors, components, horizontal, vertical;
  } forms[] = {
      {"ycc-420", TEST_YCC, 3, 2, 2},   {"ycc-422", TEST_YCC, 3, 2, 1},
      {"ycc-444", TEST_YCC, 3, 1, 1},   {"ycc-440", TEST_YCC, 3, 1, 2},
      {"ycc-411", TEST_YCC, 3, 4, 1},   {"grey", TEST_GREY, 1, 0, 0},
      {"rgb", TEST_RGB, 3, 0, 0},       {"cmyk", TEST_CMYK, 4, 0, 0},
      {"ycck-444", TEST_YCCK, 4, 1, 1}, {"ycck-420", TEST_YCCK, 4, 2, 2},
  };
  enum { FORMS = sizeof forms / sizeof *forms };
  uint32_t form = kind % FORMS, coding = kind / FORMS % 3, restarts = kind / FORMS / 3 % 2;
  static const char *const codings[] = {"", "-progressive", "-arithmetic"};
  uint8_t segment[64];
  uint8_t *source = pixels(height, (size_t)width * (size_t)forms[form].components);
  test_jpeg given = {.width = width,
                     .height = height,
                     .pixels = source,
                     .colors = forms[form].colors,
                     .quality = 40 + (int)below(56),
                     .horizontal = forms[form].horizontal,
                     .vertical = forms[form].vertical,
                     .progressive = coding == 1,
                     .arithmetic = coding == 2,
                     .restart_rows = (int)restarts,
                     .omit_huffman = coding == 0 && below(8) == 0};
  uint8_t orientation = (uint8_t)(kind % 9);
  if (orientation > 0) {
    given.app1_bytes = exif(segment, orientation, 6);
    given.app1 = segment;
  }
  made->count = test_jpeg_encode(&given, made->bytes, FILE_CAPACITY);
  snprintf(made->name, sizeof made->name, "jpeg-%s%s%s-turn%d.jpg", forms[form].name,
           codings[coding], restarts ? "-restarts" : "", orientation);
  free(source);
}

static void make_png(picture *made, uint32_t kind, uint32_t width, uint32_t height) {
  static const struct {
    int type, depth, components;
  } forms[] = {{0, 1, 1}, {0, 2, 1},  {0, 4, 1},  {0, 8, 1}, {0, 16, 1},
               {2, 8, 3}, {2, 16, 3}, {3, 1, 1},  {3, 2, 1}, {3, 4, 1},
               {3, 8, 1}, {4, 8, 2},  {4, 16, 2}, {6, 8, 4}, {6, 16, 4}};
  enum { FORMS = sizeof forms / sizeof *forms };
  uint32_t form = kind % FORMS, interlaced = kind / FORMS % 2, transparent = kind / FORMS / 2 % 2;
  int depth = forms[form].depth;
  size_t line = ((size_t)width * (size_t)forms[form].components * (size_t)depth + 7) / 8;
  uint8_t palette[256 * 3], alphas[256], block[64];
  for (size_t i = 0; i < sizeof palette; i++) palette[i] = (uint8_t)below(256);
  for (size_t i = 0; i < sizeof alphas; i++) alphas[i] = (uint8_t)below(256);
  if (forms[form].type == 0 && depth < 16) alphas[0] = 0, alphas[1] &= (uint8_t)((1 << depth) - 1);
  if (forms[form].type == 2 && depth == 8) alphas[0] = alphas[2] = alphas[4] = 0;
  uint8_t *source = pixels(height, line);
  test_png given = {.width = width,
                    .height = height,
                    .color_type = forms[form].type,
                    .depth = depth,
                    .interlaced = (int)interlaced,
                    .rows = source};
  if (forms[form].type == 3) {
    given.palette = palette;
    given.palette_count = 1 << depth;
  }
  if (transparent && forms[form].type < 4) {
    given.transparency = alphas;
    given.transparency_count = forms[form].type == 3 ? 1 << depth : 1;
  }
  uint8_t orientation = (uint8_t)(kind % 9);
  if (orientation > 0) {
    given.exif_bytes = exif(block, orientation, 0);
    given.exif = block;
  }
  made->count = test_png_encode(&given, made->bytes, FILE_CAPACITY);
  snprintf(made->name, sizeof made->name, "png-type%d-depth%d%s%s-turn%d.png", forms[form].type,
           depth, interlaced ? "-interlaced" : "", given.transparency ? "-transparent" : "",
           orientation);
  free(source);
}

int main(int count, char **words) {
  unsigned long total = count == 5 ? strtoul(words[3], NULL, 10) : 0;
  unsigned long longest = count == 5 ? strtoul(words[4], NULL, 10) : 0;
  if (total == 0 || longest == 0 || longest > 1000) {
    fprintf(stderr, "usage: make-pictures FOLDER jpeg|png|mixed COUNT LONGEST-SIDE\n");
    return 2;
  }
  picture made = {.bytes = malloc(FILE_CAPACITY)};
  if (!made.bytes) abort();
  for (uint32_t i = 0; i < total; i++) {
    state = i * 2654435761u + 1;
    uint32_t width = 1 + below((uint32_t)longest), height = 1 + below((uint32_t)longest);
    int is_png = strcmp(words[2], "png") == 0 || (strcmp(words[2], "mixed") == 0 && i % 2 == 1);
    uint32_t kind = strcmp(words[2], "mixed") == 0 ? i / 2 : i;
    (is_png ? make_png : make_jpeg)(&made, kind, width, height);
    char path[4096];
    snprintf(path, sizeof path, "%s/%04u-%s", words[1], i, made.name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(made.bytes, 1, made.count, file) != made.count || fclose(file) != 0) {
      perror(path);
      return 1;
    }
  }
  free(made.bytes);
  return 0;
}
