// Orientation from an Exif block: a TIFF structure (TIFF 6.0, section 2; Exif 2.32, 4.6.4 A).
#include "cimg_internal.h"

enum { TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, ENTRY_BYTES = 12 };

// `count` bytes (at most 4) as a number, or -1 where the block ends.
static int64_t number(cimg_exif_reader reader, int count, bool little) {
  uint32_t value = 0;
  for (int i = 0; i < count; i++) {
    int byte = reader.next(reader.context);
    if (byte < 0) return -1;
    value = little ? value | (uint32_t)byte << (8 * i) : value << 8 | (uint32_t)byte;
  }
  return value;
}

uint8_t cimg_exif_orientation(cimg_exif_reader reader) {
  int64_t mark = number(reader, 2, false);
  if (mark != 0x4949 && mark != 0x4D4D) return 1;
  bool little = mark == 0x4949;
  if (number(reader, 2, little) != 42) return 1;
  int64_t directory = number(reader, 4, little);
  // The header's 8 bytes are behind us; a directory inside it cannot be.
  if (directory < 8) return 1;
  for (int64_t i = 8; i < directory; i++)
    if (reader.next(reader.context) < 0) return 1;
  int64_t entries = number(reader, 2, little);
  for (int64_t i = 0; i < entries; i++) {
    int64_t tag = number(reader, 2, little);
    int64_t type = number(reader, 2, little);
    int64_t count = number(reader, 4, little);
    int64_t value = number(reader, 2, little);
    int64_t rest = number(reader, 2, little);
    if (rest < 0) return 1;
    if (tag != TAG_ORIENTATION) continue;
    return type == TYPE_SHORT && count == 1 && value >= 1 && value <= 8 ? (uint8_t)value : 1;
  }
  return 1;
}
