#include "csys_crc.h"

#include <zlib.h>

#include "crc_fold.h"

uint32_t csys_crc32(uint32_t crc, const void *bytes, size_t count) {
  const uint8_t *at = bytes;
  const size_t folded = crc_fold(&crc, at, count);
  // zlib answers a null pointer with the initial value instead of `crc`.
  if (count == folded) return crc;
  return (uint32_t)crc32_z(crc, (const Bytef *)(at + folded), count - folded);
}
