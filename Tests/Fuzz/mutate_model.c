// libFuzzer's mutations of a model file, with what would stop most of them made right again: length
// and checksums (docs/format.md). One time in eight they are left as they are. Single fields, which
// are little-endian numbers of 1 to 8 bytes at their own alignment, are replaced as well; and
// fields that belong together, by the mutator of records (Tests/Support/mutate-models).
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t count, size_t capacity);
// Writes a mutated model over the one at `bytes` and returns its bytes; 0 where that is impossible.
size_t mutate_records(uint8_t *bytes, size_t count, size_t capacity, unsigned seed);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t count, size_t capacity, unsigned seed);

enum { HEADER_BYTES = 64, SECTION_COUNT = 12, FILE_BYTES = 16, HEADER_CHECKSUM = 60 };
enum { ENTRY_BYTES = 32, ENTRY_OFFSET = 8, ENTRY_COUNT = 16, ENTRY_CHECKSUM = 24 };

static uint64_t get(const uint8_t *bytes, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; i++) value |= (uint64_t)bytes[i] << (8 * i);
  return value;
}

static void put(uint8_t *bytes, int count, uint64_t value) {
  for (int i = 0; i < count; i++) bytes[i] = (uint8_t)(value >> (8 * i));
}

static void repair(uint8_t *bytes, size_t count) {
  if (count < HEADER_BYTES) return;
  uint64_t sections = get(bytes + SECTION_COUNT, 4);
  if (sections > (count - HEADER_BYTES) / ENTRY_BYTES) return;
  put(bytes + FILE_BYTES, 8, count);
  for (uint64_t i = 0; i < sections; i++) {
    uint8_t *entry = bytes + HEADER_BYTES + i * ENTRY_BYTES;
    uint64_t offset = get(entry + ENTRY_OFFSET, 8), length = get(entry + ENTRY_COUNT, 8);
    if (offset > count || length > count - offset) continue;
    put(entry + ENTRY_CHECKSUM, 4, crc32(0, bytes + offset, (uInt)length));
  }
  uLong sum = crc32(0, bytes, HEADER_CHECKSUM);
  put(bytes + HEADER_CHECKSUM, 4, crc32(sum, bytes + HEADER_BYTES, (uInt)(sections * ENTRY_BYTES)));
}

// Values at which limits lie.
static void change_field(uint8_t *bytes, size_t count) {
  static const uint64_t values[] = {
      0,      1,     2,      3,     4,     7,       16,         64,         255, 256,
      0x3FFF, 16384, 0x7FFF, 65535, 65536, 1 << 20, 0x7FFFFFFF, 0x80000000, ~0u, (uint64_t)-1};
  int size = 1 << rand() % 4;
  size_t at = (size_t)rand() % (count / (size_t)size) * (size_t)size;
  uint64_t value = get(bytes + at, size);
  switch (rand() % 4) {
    case 0:
      value += (uint64_t)(rand() % 16) - 8;
      break;
    case 1:
      value = get(bytes + (size_t)rand() % (count / (size_t)size) * (size_t)size, size);
      break;
    default:
      value = values[(size_t)rand() % (sizeof values / sizeof *values)];
  }
  put(bytes + at, size, value);
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t count, size_t capacity, unsigned seed) {
  srand(seed);
  if (seed % 2 == 0) {
    const size_t mutated = mutate_records(bytes, count, capacity, seed);
    if (mutated > 0) return mutated;
  }
  if (seed % 3 == 0 || count < HEADER_BYTES) {
    count = LLVMFuzzerMutate(bytes, count, capacity);
  } else {
    for (int changes = 1 + rand() % 3; changes > 0; changes--) change_field(bytes, count);
  }
  if (seed / 3 % 8 != 0) repair(bytes, count);
  return count;
}
