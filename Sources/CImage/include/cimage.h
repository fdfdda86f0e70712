// Pictures to network inputs in a fixed block of memory: libjpeg-turbo and libpng behind one small
// interface. setjmp/longjmp stay inside; nothing is printed; after cimg_decoder_create no function
// here calls malloc, calloc, realloc, free or mmap. docs/images.md states the rules of pixels.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CIMG_FORMAT_JPEG = 1,
  CIMG_FORMAT_PNG = 2,
};

// What cimg_error.code can be.
enum {
  CIMG_OK = 0,
  CIMG_EMPTY = 1,        // the source has no byte left
  CIMG_UNKNOWN = 2,      // neither signature: first_bytes
  CIMG_TRUNCATED = 3,    // the source ended inside the picture: offset
  CIMG_CORRUPT = 4,      // the picture breaks its format's rules: offset, message
  CIMG_UNSUPPORTED = 5,  // a legal picture that is not decoded here: offset, message
  CIMG_MEMORY = 6,       // does not fit the decoder's memory: needed, available (bytes)
  CIMG_PIXELS = 7,       // more pixels than allowed: needed, available (pixels)
  CIMG_IO = 8,           // read() failed: system_error
  CIMG_OPTIONS = 9,      // options that cannot be satisfied: message
};

#define CIMG_MESSAGE_BYTES 120

typedef struct cimg_error {
  int32_t code;
  int32_t system_error;      // errno of CIMG_IO
  uint64_t offset;           // bytes from the start of the source
  uint64_t needed;           // CIMG_MEMORY, CIMG_PIXELS
  uint64_t available;        // CIMG_MEMORY, CIMG_PIXELS
  uint8_t first_bytes[32];   // CIMG_UNKNOWN
  uint8_t first_byte_count;  // of first_bytes
  uint8_t message_count;     // of message, without the closing zero
  char message[CIMG_MESSAGE_BYTES];
} cimg_error;

// Writes one line of text (no line feed, no closing zero) that says what was found, what was
// expected and both numbers; returns its length, at most `capacity`.
size_t cimg_error_text(const cimg_error *error, char *text, size_t capacity);

// Up to `count` bytes from somewhere else; 0 at the end, a negative errno on failure.
typedef ptrdiff_t (*cimg_reader)(void *context, uint8_t *bytes, size_t count);

// Where bytes come from: a file descriptor or a reader, through the caller's buffer, or memory.
// After a picture the source stands at the first byte behind it, so pictures may follow each other.
typedef struct cimg_source {
  uint8_t *buffer;
  size_t capacity;
  size_t position;     // of the next byte in buffer
  size_t filled;       // bytes of buffer that hold data
  uint64_t base;       // offset in the source of buffer[0]
  uint64_t read_ns;    // time spent in read() so far
  cimg_reader reader;  // NULL: the descriptor is read
  void *reader_context;
  int32_t descriptor;    // -1: memory only
  int32_t system_error;  // errno of a failed read(), for good
  bool ended;            // read() returned 0
  bool single;           // holds one picture: nothing behind it is looked for
  bool has_picture;      // cimg_source_next found one
  // Where pictures lie that belong to the last one: cimg_source_next passes over them.
  uint64_t attached_begin;
  uint64_t attached_end;
} cimg_source;

// `capacity` must be at least 64 bytes; 16 to 64 KB are sensible.
cimg_source cimg_source_from_descriptor(int32_t descriptor, void *buffer, size_t capacity);
cimg_source cimg_source_from_memory(const void *bytes, size_t count);
// The same through a reader, which may read straight into the buffer. Its first `filled` bytes are
// there already.
cimg_source cimg_source_from_reader(cimg_reader reader, void *context, void *buffer,
                                    size_t capacity, size_t filled);
// Number of bytes that can be had at the current position, up to `wanted` (at most 32): less only
// at the end of the source or after a failed read().
size_t cimg_source_ahead(cimg_source *source, size_t wanted);
// Goes on to the next picture of a stream. What lies between pictures costs nothing: padding, line
// ends, headers of multipart messages, chunks of containers. Returns
//   CIMG_OK       the source stands before what looks like a picture's beginning
//   CIMG_EMPTY    no picture follows any more; error->code too where the source had no byte at all
//   CIMG_UNKNOWN  the source ended without any picture, or has none in CIMG_LONGEST_GAP bytes
//   CIMG_IO       read() failed
// and sets error->code likewise, but to CIMG_OK where a stream just ends behind its last picture.
//
// After CIMG_CORRUPT and CIMG_TRUNCATED the source stands before everything that the picture may
// have swallowed of the next one, as far back as half the buffer. A heuristic: a preview inside a
// damaged picture looks like a picture. Pictures that the last one named as belonging to it (the
// other views and previews of a multi-picture file) are passed over.
int32_t cimg_source_next(cimg_source *source, cimg_error *error);
#define CIMG_LONGEST_GAP ((uint64_t)64 << 20)
// A file of one picture, whose bytes are only handed out (below): needs no buffer.
cimg_source cimg_source_from_file(int32_t descriptor);
// For a source whose bytes are decoded elsewhere: the next bytes, at most `count`, are handed out
// and the source stands behind them. Where none are buffered, one read() is made; 0 at the end or
// after a failed one. Half a buffer of what was handed out stays, nothing of a file's.
size_t cimg_source_hand_out(cimg_source *source, uint8_t *bytes, size_t count);
// Stands at `offset` again, or at the earliest later byte that the buffer still holds. Never goes
// forward.
void cimg_source_go_back(cimg_source *source, uint64_t offset);
static inline uint64_t cimg_source_offset(const cimg_source *source) {
  return source->base + source->position;
}

enum { CIMG_RGB = 1, CIMG_BGR = 2, CIMG_GREY = 3 };
enum { CIMG_COVER = 1, CIMG_STRETCH = 2 };

typedef struct cimg_options {
  uint16_t width;  // of the network's input, 1...65535
  uint16_t height;
  uint8_t order;            // CIMG_RGB, CIMG_BGR, CIMG_GREY
  uint8_t fit;              // CIMG_COVER, CIMG_STRETCH
  uint16_t crop_permille;   // 1...1000
  uint8_t background[3];    // red, green, blue under transparent pixels
  uint64_t maximum_pixels;  // of a picture
  size_t decoder_bytes;     // memory for one picture's decoding
} cimg_options;

typedef struct cimg_info {
  uint8_t format;             // CIMG_FORMAT_...
  uint8_t orientation;        // Exif, 1...8; 1 where the file says nothing
  uint8_t scale_denominator;  // JPEG scaled decoding: 1, 2, 4, 8
  uint32_t width;             // as stored
  uint32_t height;
  uint64_t offset;      // of the picture in its source
  uint64_t byte_count;  // of the picture
  uint64_t read_ns;
  uint64_t decode_ns;
  uint64_t preprocess_ns;
  uint64_t decoder_bytes;  // high-water mark of the decoder's memory in this picture
  // Offsets in the source between which other pictures lie that belong to this one; 0: none.
  uint64_t attached_begin;
  uint64_t attached_end;
} cimg_info;

// What a file is that isn't a picture to be decoded, as its first bytes tell.
enum {
  CIMG_KIND_UNKNOWN = 0,
  CIMG_KIND_PICTURE = 1,    // JPEG or PNG
  CIMG_KIND_OTHER = 2,      // a picture of another format
  CIMG_KIND_CONTAINER = 3,  // a stream or file with pictures in it
  CIMG_KIND_MODEL = 4,      // a network in another format
  CIMG_KIND_OWN_MODEL = 5,  // a .sinf file
  CIMG_KIND_DOCUMENT = 6,   // anything else that is known
};
typedef struct cimg_kind {
  int32_t kind;      // CIMG_KIND_...
  const char *name;  // "a WebP picture"; "" for CIMG_KIND_UNKNOWN
} cimg_kind;
// 16 bytes tell most formats; 32 all.
cimg_kind cimg_kind_of(const uint8_t *bytes, size_t count);

typedef struct cimg_decoder cimg_decoder;

// Bytes of memory that a decoder with these options takes.
size_t cimg_decoder_bytes(const cimg_options *options);
// A decoder inside `memory` (64-byte aligned, at least cimg_decoder_bytes), or NULL and the error.
// The only place where libjpeg allocates (about 3 KB, once). One decoder serves one thread.
cimg_decoder *cimg_decoder_create(void *memory, size_t bytes, const cimg_options *options,
                                  cimg_error *error);
void cimg_decoder_destroy(cimg_decoder *decoder);
// Decodes the next picture of the source into width * height pixels of four bytes: the colours in
// the order asked for and 0, or grey, 0, 0, 0. Returns error->code.
int32_t cimg_decode(cimg_decoder *decoder, cimg_source *source, uint8_t *input, cimg_info *info,
                    cimg_error *error);

// A picture that is decoded already: rows of 8-bit pixels, `stride` bytes from one to the next.
typedef struct cimg_pixels {
  const uint8_t *bytes;
  uint32_t width;
  uint32_t height;
  size_t stride;
  uint8_t order;  // CIMG_RGB, CIMG_BGR, CIMG_GREY
} cimg_pixels;
// The same for such a picture, as if it came from a file. CIMG_OPTIONS for sizes or an order out of
// range, CIMG_PIXELS, CIMG_MEMORY for a row that doesn't fit the decoder's memory.
int32_t cimg_place(cimg_decoder *decoder, const cimg_pixels *pixels, uint8_t *input,
                   cimg_info *info, cimg_error *error);

#ifdef __cplusplus
}
#endif
