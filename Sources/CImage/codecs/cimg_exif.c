// TIFF structures in pictures: the orientation in an Exif block (TIFF 6.0, section 2; Exif 2.32,
// 4.6.4 A) and the index of a file with several pictures (CIPA DC-007, 5.2).
#include "cimg_internal.h"

enum { TAG_ORIENTATION = 0x0112, TAG_PICTURES = 0xB002, PICTURE_BYTES = 16 };

typedef struct tiff {
  cimg_exif_reader reader;
  bool little;
  uint32_t position;  // bytes read so far
} tiff;

// `count` bytes (at most 4) as a number, or -1 where the block ends.
static int64_t number(tiff *tiff, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; i++) {
    int byte = tiff->reader.next(tiff->reader.context);
    if (byte < 0) return -1;
    tiff->position++;
    value = tiff->little ? value | (uint32_t)byte << (8 * i) : value << 8 | (uint32_t)byte;
  }
  return value;
}

static bool go_to(tiff *tiff, int64_t offset) {
  if (offset < tiff->position) return false;
  while (tiff->position < offset)
    if (number(tiff, 1) < 0) return false;
  return true;
}

// Number of entries of the first directory, which come next, or -1.
static int64_t first_directory(tiff *tiff) {
  int64_t mark = number(tiff, 2);
  if (mark != 0x4949 && mark != 0x4D4D) return -1;
  tiff->little = mark == 0x4949;
  if (number(tiff, 2) != 42 || !go_to(tiff, number(tiff, 4))) return -1;
  return number(tiff, 2);
}

// Bytes of a whole number of this type (BYTE, SHORT, LONG and their signed twins), 0 for others.
static int size_of(int64_t type) {
  switch (type) {
    case 1:
    case 6:
      return 1;
    case 3:
    case 8:
      return 2;
    case 4:
    case 9:
      return 4;
    default:
      return 0;
  }
}

uint8_t cimg_exif_orientation(cimg_exif_reader reader) {
  tiff tiff = {.reader = reader};
  int64_t entries = first_directory(&tiff);
  for (int64_t i = 0; i < entries; i++) {
    int64_t tag = number(&tiff, 2);
    int64_t type = number(&tiff, 2);
    int64_t count = number(&tiff, 4);
    // A value is as long as its type says and lies at the field's beginning.
    int size = tag == TAG_ORIENTATION ? size_of(type) : 4;
    int64_t value = number(&tiff, size);
    if (value < 0 || number(&tiff, 4 - size) < 0) return 1;
    if (tag == TAG_ORIENTATION) return count == 1 && value >= 1 && value <= 8 ? (uint8_t)value : 1;
  }
  return 1;
}

bool cimg_exif_attached(cimg_exif_reader reader, uint64_t *begin, uint64_t *end) {
  tiff tiff = {.reader = reader};
  int64_t entries = first_directory(&tiff);
  int64_t bytes = 0, list = 0;
  for (int64_t i = 0; i < entries; i++) {
    int64_t tag = number(&tiff, 2);
    number(&tiff, 2);
    int64_t count = number(&tiff, 4);
    int64_t value = number(&tiff, 4);
    if (value < 0) return false;
    if (tag == TAG_PICTURES) bytes = count, list = value;
  }
  if (list == 0 || !go_to(&tiff, list)) return false;
  *begin = *end = 0;
  for (int64_t i = 0; i < bytes / PICTURE_BYTES; i++) {
    number(&tiff, 4);
    int64_t size = number(&tiff, 4);
    int64_t offset = number(&tiff, 4);
    if (number(&tiff, 4) < 0) break;
    // The first picture's offset is 0: it isn't attached to itself.
    if (offset == 0 || size == 0) continue;
    if (*end == 0 || (uint64_t)offset < *begin) *begin = (uint64_t)offset;
    if ((uint64_t)(offset + size) > *end) *end = (uint64_t)(offset + size);
  }
  return *end > 0;
}
