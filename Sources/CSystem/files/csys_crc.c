#include "csys_crc.h"

#include <zlib.h>

uint32_t csys_crc32(uint32_t crc, const void *bytes, size_t count) {
  // zlib answers a null pointer with the initial value instead of `crc`.
  if (count == 0) return crc;
  return (uint32_t)crc32_z(crc, (const Bytef *)bytes, count);
}
