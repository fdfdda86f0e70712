#pragma once

#include <stddef.h>
#include <stdint.h>

// Returns the CRC-32 (IEEE 802.3, as in zlib, gzip and PNG) of `crc`'s bytes followed by these.
// Start with crc = 0. `bytes` may be NULL when `count` is 0.
uint32_t csys_crc32(uint32_t crc, const void *bytes, size_t count);
