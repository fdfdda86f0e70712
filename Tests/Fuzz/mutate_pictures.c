// libFuzzer's mutations, with what would stop most of them made right again: PNG chunks get their
// checksums, and pixel data of PNG can be changed behind the compression. One time in eight nothing
// is repaired, so that wrong checksums are met too. FUZZ_STREAM also joins pictures.
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t count, size_t capacity);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t count, size_t capacity, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_count, const uint8_t *other,
                                 size_t other_count, uint8_t *to, size_t capacity, unsigned seed);

static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

static uint32_t get(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put(uint8_t *bytes, uint32_t value) {
  for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

// Every chunk that fits gets its checksum; chunks follow each signature.
static void repair_checksums(uint8_t *bytes, size_t count) {
  size_t at = 0;
  while (at + sizeof signature <= count) {
    if (memcmp(bytes + at, signature, sizeof signature) != 0) {
      at++;
      continue;
    }
    at += sizeof signature;
    while (count - at >= 12 && get(bytes + at) <= count - at - 12) {
      uint32_t length = get(bytes + at);
      put(bytes + at + 8 + length, (uint32_t)crc32(0, bytes + at + 4, length + 4));
      bool last = memcmp(bytes + at + 4, "IEND", 4) == 0;
      at += 12 + (size_t)length;
      if (last) break;
    }
  }
}

// Inflates the first IDAT chunk, changes what comes out and deflates it again in its place.
static size_t mutate_rows(uint8_t *bytes, size_t count, size_t capacity) {
  enum { ROWS = 1 << 16 };
  static uint8_t rows[ROWS], packed[ROWS + 1024];
  size_t at = sizeof signature;
  if (count < at || memcmp(bytes, signature, at) != 0) return 0;
  while (count - at >= 12 && get(bytes + at) <= count - at - 12) {
    size_t length = get(bytes + at);
    if (memcmp(bytes + at + 4, "IDAT", 4) != 0) {
      at += 12 + length;
      continue;
    }
    uLongf row_bytes = ROWS, packed_bytes = sizeof packed;
    if (uncompress(rows, &row_bytes, bytes + at + 8, (uLong)length) != Z_OK) return 0;
    row_bytes = LLVMFuzzerMutate(rows, row_bytes, ROWS);
    if (compress2(packed, &packed_bytes, rows, row_bytes, 1) != Z_OK) return 0;
    size_t behind = count - at - 8 - length;
    if (at + 8 + packed_bytes + behind > capacity) return 0;
    memmove(bytes + at + 8 + packed_bytes, bytes + at + 8 + length, behind);
    memcpy(bytes + at + 8, packed, packed_bytes);
    put(bytes + at, (uint32_t)packed_bytes);
    return at + 8 + packed_bytes + behind;
  }
  return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t count, size_t capacity, unsigned seed) {
  size_t mutated = seed % 4 == 1 ? mutate_rows(bytes, count, capacity) : 0;
  if (mutated == 0) mutated = LLVMFuzzerMutate(bytes, count, capacity);
  if (seed / 4 % 8 != 0) repair_checksums(bytes, mutated);
  return mutated;
}

// The beginning of one and the end of the other; for streams often both whole.
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_count, const uint8_t *other,
                                 size_t other_count, uint8_t *to, size_t capacity, unsigned seed) {
  srand(seed);
  size_t head = one_count, tail = other_count;
#ifdef FUZZ_STREAM
  bool cut = rand() % 2;
#else
  bool cut = true;
#endif
  if (cut) {
    head = one_count ? (size_t)rand() % one_count : 0;
    tail = other_count ? (size_t)rand() % other_count : 0;
  }
  if (head > capacity) head = capacity;
  if (tail > capacity - head) tail = capacity - head;
  memcpy(to, one, head);
  memcpy(to + head, other + other_count - tail, tail);
  if (seed % 8 != 0) repair_checksums(to, head + tail);
  return head + tail;
}
