// libFuzzer target: bytes as a picture, or as a stream of them, through cimg_decode. Built three
// times by tools/fuzz.sh, with FUZZ_FORMAT telling what mutations keep whole (mutate_pictures.c).
// Besides what the sanitizers find, it ends with an abort where a promise of cimage.h is broken:
//   an error has a code and one line of text; a refusal for memory names what suffices;
//   memory and descriptor give the same pixels, errors and offsets; every turn of a stream goes
//   forward; reading never goes past the end; no allocation outlives its picture.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sanitizer/asan_interface.h>

#include "cimage.h"

#define REQUIRE(condition)                                                    \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition); \
      abort();                                                                \
    }                                                                         \
  } while (0)

enum {
  // Small enough for thousands of pictures a second, large enough for every path.
  MAXIMUM_PIXELS = 1 << 14,
  LEAST_DECODER_BYTES = 24 << 10,
  MOST_DECODER_BYTES = 1 << 20,
  LONGEST_RETRY = 8 << 20,
};

// The options depend on the bytes, so that one corpus reaches all of them: FNV-1a.
static uint32_t hash(const uint8_t *bytes, size_t count) {
  uint32_t value = 2166136261u;
  for (size_t i = 0; i < count; i++) value = (value ^ bytes[i]) * 16777619u;
  return value ^ value >> 15;
}

static cimg_options options_of(uint32_t seed) {
  static const uint16_t sides[8] = {1, 2, 3, 5, 8, 17, 33, 60};
  static const uint16_t crops[4] = {1000, 875, 500, 1};
  return (cimg_options){.width = sides[seed & 7],
                        .height = sides[seed >> 3 & 7],
                        .order = (uint8_t)(CIMG_RGB + (seed >> 6 & 3) % 3),
                        .fit = seed >> 8 & 1 ? CIMG_COVER : CIMG_STRETCH,
                        .crop_permille = crops[seed >> 9 & 3],
                        .background = {200, 100, 50},
                        .maximum_pixels = MAXIMUM_PIXELS,
                        .decoder_bytes = seed >> 11 & 3
                                             ? MOST_DECODER_BYTES
                                             : LEAST_DECODER_BYTES + (seed >> 13 & 0xFFFF)};
}

typedef struct run {
  cimg_options options;
  uint8_t *memory;
  uint8_t *input;
  size_t input_bytes;
  cimg_decoder *decoder;
  cimg_info info;
  cimg_error error;
} run;

// Two decoders are alive at most. Behind a decoder's tables nothing is ever touched: the pool's
// memory is elsewhere (pool_with_redzones.c).
static run begin(const cimg_options *options, int place) {
  enum { BLOCK_BYTES = LONGEST_RETRY + (64 << 10) };
  static uint8_t *blocks[2];
  if (!blocks[place]) REQUIRE(posix_memalign((void **)&blocks[place], 64, BLOCK_BYTES) == 0);
  run run = {.options = *options,
             .memory = blocks[place],
             .input_bytes = (size_t)options->width * options->height * 4};
  cimg_options tables = *options;
  tables.decoder_bytes = 0;
  size_t bytes = cimg_decoder_bytes(options), table_bytes = cimg_decoder_bytes(&tables);
  REQUIRE(bytes <= BLOCK_BYTES);
  ASAN_UNPOISON_MEMORY_REGION(run.memory, table_bytes);
  ASAN_POISON_MEMORY_REGION(run.memory + table_bytes, bytes - table_bytes);
  run.input = malloc(run.input_bytes);
  REQUIRE(run.input);
  run.decoder = cimg_decoder_create(run.memory, bytes, options, &run.error);
  REQUIRE(run.decoder);
  return run;
}

static void end(run *run) {
  cimg_decoder_destroy(run->decoder);
  free(run->input);
}

static void check_text(const cimg_error *error) {
  char text[256];
  size_t count = cimg_error_text(error, text, sizeof text);
  REQUIRE(count > 0 && count < sizeof text - 1);
  for (size_t i = 0; i < count; i++) REQUIRE(text[i] >= ' ' && text[i] <= '~');
}

static void decode(run *run, cimg_source *source) {
  uint64_t before = cimg_source_offset(source);
  memset(run->input, 0xEE, run->input_bytes);
  int32_t code = cimg_decode(run->decoder, source, run->input, &run->info, &run->error);
  REQUIRE(code == run->error.code);
  REQUIRE(run->info.offset == before);
  // A picture without an end: the search for the next one begins inside it.
  REQUIRE(run->info.byte_count >= cimg_source_offset(source) - before);
  REQUIRE(run->info.decoder_bytes <= run->options.decoder_bytes);
  REQUIRE(source->position <= source->filled && source->filled <= source->capacity);
  check_text(&run->error);
  if (code == CIMG_OK) {
    REQUIRE(run->info.width > 0 && run->info.height > 0);
    REQUIRE((uint64_t)run->info.width * run->info.height <= MAXIMUM_PIXELS);
    REQUIRE(run->info.orientation >= 1 && run->info.orientation <= 8);
    for (size_t i = 3; i < run->input_bytes; i += 4) REQUIRE(run->input[i] == 0);
  } else if (code == CIMG_MEMORY) {
    REQUIRE(run->error.needed > run->error.available);
    REQUIRE(run->error.available == run->options.decoder_bytes);
  } else if (code == CIMG_PIXELS) {
    REQUIRE(run->error.needed > run->error.available);
  } else {
    REQUIRE(code >= CIMG_EMPTY && code <= CIMG_UNSUPPORTED);
  }
}

// With the memory that was said to be needed the same picture isn't refused for memory again, once
// its header was read: a block before that can only say what it itself would have taken.
static void check_needed(const run *first, const uint8_t *bytes, size_t count) {
  run again = *first;
  for (int attempts = 0; again.error.code == CIMG_MEMORY; attempts++) {
    if (again.error.needed > LONGEST_RETRY) return;
    REQUIRE(attempts < 2 || first->info.width == 0);
    cimg_options options = first->options;
    options.decoder_bytes = again.error.needed;
    run more = begin(&options, 1);
    cimg_source source = cimg_source_from_memory(bytes, count);
    decode(&more, &source);
    again.error = more.error;
    end(&more);
  }
}

typedef struct turn {
  int32_t code;
  uint64_t offset;  // where the source stands after the picture
  uint32_t pixels;  // hash of the input
} turn;

enum { TURNS = 64 };

// All pictures of the source, as `sinf classify -` goes through them.
static int stream(run *run, cimg_source *source, turn *turns, size_t count) {
  int made = 0;
  cimg_error error;
  uint64_t before = 0;
  while (made < TURNS && cimg_source_next(source, &error) == CIMG_OK) {
    REQUIRE(made == 0 || cimg_source_offset(source) > before);
    before = cimg_source_offset(source);
    decode(run, source);
    if (run->error.code == CIMG_MEMORY && before == 0 && source->descriptor < 0)
      check_needed(run, source->buffer, count);
    turns[made++] = (turn){.code = run->error.code,
                           .offset = cimg_source_offset(source),
                           .pixels = run->error.code ? 0 : hash(run->input, run->input_bytes)};
    REQUIRE(cimg_source_offset(source) <= count);
  }
  REQUIRE(error.code == CIMG_OK || error.code == CIMG_UNKNOWN || error.code == CIMG_EMPTY);
  if (error.code != CIMG_OK) check_text(&error);
  return made;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  static int file = -1;
  if (file < 0) file = memfd_create("picture", 0);
  REQUIRE(file >= 0);
  uint32_t seed = hash(bytes, count);
  cimg_options options = options_of(seed);
  run whole = begin(&options, 0);

  // What the search goes back for depends on the buffer, so the same turns can only be asked for
  // with a buffer that holds all.
  turn first[TURNS], second[TURNS];
  cimg_source memory = cimg_source_from_memory(bytes, count);
  int turns = stream(&whole, &memory, first, count);
  REQUIRE(ftruncate(file, 0) == 0);
  REQUIRE(pwrite(file, bytes, count, 0) == (ssize_t)count);
  bool roomy = seed >> 29 & 1;
  size_t capacity = roomy ? 2 * count + 64 : 64 + (seed >> 16 & 0xFFF);
  uint8_t *buffer = malloc(capacity);
  REQUIRE(buffer);
  REQUIRE(lseek(file, 0, SEEK_SET) == 0);
  cimg_source descriptor = cimg_source_from_descriptor(file, buffer, capacity);
  int others = stream(&whole, &descriptor, second, count);
  REQUIRE((turns > 0) == (others > 0));
  if (turns > 0) REQUIRE(first[0].code == second[0].code && first[0].pixels == second[0].pixels);
  if (roomy) {
    REQUIRE(turns == others);
    for (int i = 0; i < turns; i++)
      REQUIRE(first[i].code == second[i].code && first[i].pixels == second[i].pixels &&
              first[i].offset == second[i].offset);
  }
  free(buffer);
  end(&whole);
  return 0;
}
