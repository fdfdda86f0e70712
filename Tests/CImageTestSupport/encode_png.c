#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "cimage_test_support.h"

typedef struct target {
  uint8_t *file;
  size_t count, capacity;
} target;

static void append(png_structp codec, png_bytep bytes, size_t count) {
  target *to = png_get_io_ptr(codec);
  if (count > to->capacity - to->count) abort();
  memcpy(to->file + to->count, bytes, count);
  to->count += count;
}

static void flush(png_structp codec) {
  (void)codec;
}

size_t test_png_encode(const test_png *picture, uint8_t *file, size_t capacity) {
  target to = {.file = file, .capacity = capacity};
  png_structp codec = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop header = png_create_info_struct(codec);
  if (setjmp(png_jmpbuf(codec))) abort();
  png_set_write_fn(codec, &to, append, flush);
  png_set_IHDR(codec, header, picture->width, picture->height, picture->depth, picture->color_type,
               picture->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (picture->palette) {
    png_color colors[256];
    for (int i = 0; i < picture->palette_count; i++) {
      const uint8_t *color = picture->palette + 3 * i;
      colors[i] = (png_color){.red = color[0], .green = color[1], .blue = color[2]};
    }
    png_set_PLTE(codec, header, colors, picture->palette_count);
  }
  if (picture->transparency) {
    const uint8_t *given = picture->transparency;
    png_color_16 color = {0};
    if (picture->color_type == PNG_COLOR_TYPE_GRAY) {
      color.gray = (png_uint_16)(given[0] << 8 | given[1]);
    } else if (picture->color_type == PNG_COLOR_TYPE_RGB) {
      color.red = (png_uint_16)(given[0] << 8 | given[1]);
      color.green = (png_uint_16)(given[2] << 8 | given[3]);
      color.blue = (png_uint_16)(given[4] << 8 | given[5]);
    }
    png_set_tRNS(codec, header, given, picture->transparency_count, &color);
  }
  if (picture->exif) png_set_eXIf_1(codec, header, picture->exif_bytes, (png_bytep)picture->exif);
  png_write_info(codec, header);
  size_t line = png_get_rowbytes(codec, header);
  int passes = png_set_interlace_handling(codec);
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < picture->height; y++) png_write_row(codec, picture->rows + y * line);
  png_write_end(codec, NULL);
  png_destroy_write_struct(&codec, &header);
  return to.count;
}
