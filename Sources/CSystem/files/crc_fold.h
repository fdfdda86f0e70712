#pragma once
#include <stddef.h>
#include <stdint.h>

// The bulk of a CRC-32 by the machine's own instructions. Private to CSystem.

/// Takes as many of `count` bytes as those instructions do best into `*crc` and returns how many; 0
/// on machines that have none.
size_t crc_fold(uint32_t *crc, const uint8_t *bytes, size_t count);
