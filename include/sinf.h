// libsinf: names pictures with a model file of sinfc, inside memory that the caller gives.
//
//   sinf_arena_bytes(model, model_bytes, SINF_DECODER_BYTES, &bytes, &error);
//   sinf_engine *engine = sinf_open(model, model_bytes, malloc(bytes), bytes, &error);
//   sinf_classify_pixels(engine, &(sinf_pixels){.bytes = frame, .width = 640, .height = 480,
//                        .stride = 1920, .layout = SINF_RGB}, &result, &error);
//   printf("%.*s\n", (int)result.labels[0].name_bytes, result.labels[0].name);
//
// examples/classify.c is a whole program. Answers are those of `sinf classify`, to the byte.
//
// Memory. Nothing is allocated or mapped after sinf_open. sinf_open itself takes some 3 KB from
// malloc (libjpeg's), which sinf_close gives back. The arena and the model's bytes belong to the
// caller, who leaves both unchanged and in place until sinf_close.
//
// Threads. Any number of engines, each with an arena of its own, may be used at the same time and
// may share one model's bytes. One engine serves one thread at a time. No function starts a thread.
//
// Errors. Functions that can fail return a status, SINF_OK or what error->code then holds too;
// `error` may be NULL. Wrong bytes in a model or a picture never do more than that. Pointers that
// are no engine's are the caller's mistake, which is not looked for.
//
// Trust. Encoded pictures are decoded by libjpeg-turbo and libpng in the calling process, with its
// rights. `sinf classify` has a confined process for that; who decodes strangers' pictures through
// this library does so at their own risk.
//
// Environment. SINF_ISA chooses the kernels ("reference", "portable", "avx2", ...), as in `sinf`.
#ifndef SINF_H
#define SINF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A model in an arena.
typedef struct sinf_engine sinf_engine;

enum {
  SINF_OK = 0,
  SINF_ERROR_ARGUMENT = 1,  // a null pointer, a size or layout out of range
  SINF_ERROR_MODEL = 2,     // the bytes are no model that can be run; the text says where
  SINF_ERROR_MEMORY = 3,    // the arena is too small: needed, available
  SINF_ERROR_SYSTEM = 4,    // the system refused: system_error
  SINF_ERROR_PICTURE = 5,   // damaged, cut off or of a kind that is not decoded
};

typedef struct sinf_error {
  int32_t code;          // SINF_OK, SINF_ERROR_...
  int32_t system_error;  // errno of SINF_ERROR_SYSTEM, else 0
  uint64_t needed;       // bytes, of SINF_ERROR_MEMORY, else 0
  uint64_t available;
  char text[256];  // one line of UTF-8, closed by a zero: found, expected, what to do
} sinf_error;

// How the bytes of a pixel follow each other.
enum {
  SINF_RGB = 1,   // 3 bytes
  SINF_BGR = 2,   // 3 bytes
  SINF_GREY = 3,  // 1 byte
};

// A picture in memory, 8 bits a channel, sRGB as cameras and files have it. It is cut, resized and
// brought to the model's colours as a file of the same pixels would be.
typedef struct sinf_pixels {
  const void *bytes;  // of the top left pixel
  uint32_t width;     // 1 ... 1000000
  uint32_t height;    // 1 ... 1000000; width * height at most 178956970
  size_t stride;      // bytes from one row to the next, at least those of a row
  int32_t layout;     // SINF_RGB, SINF_BGR, SINF_GREY
} sinf_pixels;

enum {
  SINF_PATH_STOP = 1,      // the route predictor's own answer: it was sure enough
  SINF_PATH_SUBGRAPH = 2,  // a cluster's subgraph
  SINF_PATH_FALLBACK = 3,  // the whole network, because the route was not trusted
  SINF_PATH_WHOLE = 4,     // the whole network of a model without clusters
};

typedef struct sinf_label {
  const char *name;      // UTF-8, not closed by a zero; lies in the model's bytes
  uint32_t name_bytes;   // of name
  uint32_t class_index;  // 0 ... sinf_class_count() - 1
  float share;           // softmax over the classes that ran, 0 ... 1
} sinf_label;

enum { SINF_LABELS = 10 };

typedef struct sinf_result {
  uint32_t label_count;            // of labels: the least of SINF_LABELS and the classes that ran
  sinf_label labels[SINF_LABELS];  // the best first; of equals the lower class_index
  int32_t path;                    // SINF_PATH_...
  int32_t stop;                    // number of the stop from 1; 0 where the picture ran to the end
  int32_t cluster;                 // the best cluster; -1 in a model without
  float route_share;               // the best cluster's probability, 0 ... 1; -1 in a model without
  uint64_t macs;                   // multiply-accumulates of all that ran
  uint64_t decode_ns;              // nanoseconds in the decoding library; 0 for pixels
  uint64_t resize_ns;              // for colours and resizing
  uint64_t features_ns;            // in the common feature extractor
  uint64_t route_ns;               // in the route predictor
  uint64_t rest_ns;                // in the subgraph or the whole network
  uint32_t width;                  // of the picture as stored
  uint32_t height;
  uint64_t picture_bytes;  // of an encoded picture; 0 for pixels
  uint64_t decoder_bytes;  // the most that this picture took of the decoder's memory
} sinf_result;

// Memory for decoding that is enough for sequential JPEGs up to 11000 pixels wide and PNGs up to
// 40000; docs/images.md says what progressive ones need. A frame of raw pixels needs one row of
// three bytes a pixel.
#define SINF_DECODER_BYTES ((size_t)1 << 20)

// Maps the model file at `path` (closed by a zero) read-only: its bytes and their number. Replace
// files by renaming others over them; one that is shortened while it is mapped ends the process.
// SINF_ERROR_SYSTEM.
int32_t sinf_map(const char *path, const void **model, size_t *model_bytes, sinf_error *error);
// Gives the mapping back. Engines on it are closed before.
void sinf_unmap(const void *model, size_t model_bytes);

// Bytes of an arena for the model, `decoder_bytes` (at least 65536) for decoding among them. Checks
// the whole model. SINF_ERROR_MODEL, SINF_ERROR_ARGUMENT.
int32_t sinf_arena_bytes(const void *model, size_t model_bytes, size_t decoder_bytes,
                         size_t *arena_bytes, sinf_error *error);

// An engine inside the arena, or NULL and the error. The model's bytes begin at a multiple of 64,
// as mapped ones do; the arena begins anywhere. What the engine does not need of the arena is the
// decoder's. Checks the whole model: every byte of it is read.
sinf_engine *sinf_open(const void *model, size_t model_bytes, void *arena, size_t arena_bytes,
                       sinf_error *error);
// Ends the engine; the arena is the caller's again. NULL is nothing to do.
void sinf_close(sinf_engine *engine);

// Names a picture in memory. SINF_ERROR_ARGUMENT for a size, stride or layout out of range,
// SINF_ERROR_MEMORY for a row that does not fit the decoder's memory. The result is then unchanged.
int32_t sinf_classify_pixels(sinf_engine *engine, const sinf_pixels *pixels, sinf_result *result,
                             sinf_error *error);
// Names the JPEG or PNG picture at the beginning of `bytes`. SINF_ERROR_PICTURE, SINF_ERROR_MEMORY.
int32_t sinf_classify_encoded(sinf_engine *engine, const void *bytes, size_t count,
                              sinf_result *result, sinf_error *error);

// Classes of the model, and their names: UTF-8, not closed by a zero, in the model's bytes; NULL
// and 0 bytes for an index out of range.
uint32_t sinf_class_count(const sinf_engine *engine);
const char *sinf_class_name(const sinf_engine *engine, uint32_t index, uint32_t *bytes);
// The same of its clusters; 0 clusters in a model without.
uint32_t sinf_cluster_count(const sinf_engine *engine);
const char *sinf_cluster_name(const sinf_engine *engine, uint32_t index, uint32_t *bytes);

#ifdef __cplusplus
}
#endif
#endif
