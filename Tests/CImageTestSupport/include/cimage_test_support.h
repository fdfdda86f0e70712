// Encoders for tests: pictures made in memory with libjpeg and libpng. Unlike the product they
// allocate as they like and end the process on a mistake.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Colours that the pixels handed in have, and that the file will have.
enum { TEST_GREY = 1, TEST_RGB = 2, TEST_YCC = 3, TEST_CMYK = 4, TEST_YCCK = 5 };

typedef struct test_jpeg {
  uint32_t width, height;
  const uint8_t *pixels;  // 1, 3 or 4 bytes a pixel; CMYK bytes are written as they are
  int colors;             // TEST_...: of the file; pixels are RGB for TEST_YCC, CMYK for YCCK
  int quality;
  int horizontal, vertical;  // sampling factors of the first component: 2, 2 is 4:2:0
  int progressive;
  int single_bands;  // grey only: a scan for each coefficient; 2: a second one refines each
  int arithmetic;
  int restart_rows;
  int omit_huffman;       // abbreviated file: no Huffman tables
  int optimized;          // Huffman tables made for the picture
  int omit_quantization;  // abbreviated file: no quantisation tables
  const uint8_t *app1;    // an APP1 segment's content, or NULL
  uint32_t app1_bytes;
} test_jpeg;

// Encodes into `file`; returns the file's length.
size_t test_jpeg_encode(const test_jpeg *picture, uint8_t *file, size_t capacity);

// The same library's plain decode of a whole file (islow, fancy upsampling, scale 1 / `scale`), as
// the file's own colours: grey, RGB or CMYK. Returns components; sets the size decoded to.
int test_jpeg_decode(const uint8_t *file, size_t count, unsigned scale, uint8_t *pixels,
                     size_t capacity, uint32_t *width, uint32_t *height);

typedef struct test_png {
  uint32_t width, height;
  int color_type;  // PNG's: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha
  int depth;       // 1, 2, 4, 8, 16
  int interlaced;
  const uint8_t *rows;     // as PNG packs them, unfiltered
  const uint8_t *palette;  // 3 bytes a colour
  int palette_count;
  const uint8_t *transparency;  // palette: alphas; else the transparent sample(s), 2 bytes each
  int transparency_count;
  const uint8_t *exif;
  uint32_t exif_bytes;
} test_png;

size_t test_png_encode(const test_png *picture, uint8_t *file, size_t capacity);
