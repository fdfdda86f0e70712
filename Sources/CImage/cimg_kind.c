// What a file is, by its first bytes: enough to name what was given in place of a picture or a
// model, never to decide how it is read.
#include <string.h>

#include "cimg_internal.h"

typedef struct signature {
  uint8_t offset;
  uint8_t count;
  char bytes[13];
  cimg_kind kind;
} signature;

#define PICTURE(name) \
  { CIMG_KIND_OTHER, name }
#define CONTAINER(name) \
  { CIMG_KIND_CONTAINER, name }
#define MODEL(name) \
  { CIMG_KIND_MODEL, name }
#define DOCUMENT(name) \
  { CIMG_KIND_DOCUMENT, name }

// The first that fits.
static const signature signatures[] = {
    {0, 3, "\xFF\xD8\xFF", {CIMG_KIND_PICTURE, "a JPEG picture"}},
    {0, 8, "\x89PNG\r\n\x1A\n", {CIMG_KIND_PICTURE, "a PNG picture"}},
    {0, 8, "\x89SINF\r\n\x1A", {CIMG_KIND_OWN_MODEL, "a sinf model"}},
    {0, 4, "GIF8", PICTURE("a GIF picture")},
    {8, 4, "WEBP", PICTURE("a WebP picture")},
    {4, 8, "ftypheic", PICTURE("a HEIC picture")},
    {4, 8, "ftypheix", PICTURE("a HEIC picture")},
    {4, 8, "ftypheim", PICTURE("a HEIC picture")},
    {4, 8, "ftypheis", PICTURE("a HEIC picture")},
    {4, 8, "ftyphevc", PICTURE("a HEIC picture")},
    {4, 8, "ftypmif1", PICTURE("a HEIF picture")},
    {4, 8, "ftypmsf1", PICTURE("a HEIF picture")},
    {4, 7, "ftypavi", PICTURE("an AVIF picture")},
    {4, 7, "ftypcrx", PICTURE("a Canon raw picture")},
    {4, 4, "ftyp", DOCUMENT("an MP4 or QuickTime video")},
    {4, 4, "JXL ", PICTURE("a JPEG XL picture")},
    {0, 2, "\xFF\x0A", PICTURE("a JPEG XL picture")},
    {4, 4, "jP  ", PICTURE("a JPEG 2000 picture")},
    {0, 4, "\xFF\x4F\xFF\x51", PICTURE("a JPEG 2000 picture")},
    {0, 4, "II*\0", PICTURE("a TIFF or raw picture")},
    {0, 4, "MM\0*", PICTURE("a TIFF or raw picture")},
    {0, 4, "II+\0", PICTURE("a TIFF picture")},
    {0, 4, "MM\0+", PICTURE("a TIFF picture")},
    {0, 4, "IIRO", PICTURE("an Olympus raw picture")},
    {0, 4, "IIU\0", PICTURE("a Panasonic raw picture")},
    {0, 8, "FUJIFILM", PICTURE("a Fujifilm raw picture")},
    {0, 4, "8BPS", PICTURE("a Photoshop picture")},
    {0, 4, "qoif", PICTURE("a QOI picture")},
    {0, 4, "\0\0\1\0", PICTURE("an icon")},
    {0, 4, "\x8AMNG", PICTURE("an MNG animation")},
    {0, 4, "\x8BJNG", PICTURE("a JNG picture")},
    {8, 4, "AVI ", CONTAINER("an AVI video")},
    {8, 4, "WAVE", DOCUMENT("a WAV sound")},
    {0, 4, "\x1A\x45\xDF\xA3", CONTAINER("a Matroska or WebM video")},
    {0, 5, "\0\0\0\1\x67", DOCUMENT("an H.264 video")},
    {0, 5, "\0\0\0\1\x40", DOCUMENT("an H.265 video")},
    {4, 4, "TFL3", MODEL("a TensorFlow Lite model")},
    {0, 4, "GGUF", MODEL("a GGUF model")},
    {0, 8, "\x89HDF\r\n\x1A\n", MODEL("an HDF5 file, as Keras writes models")},
    {0, 2, "\x80\2", MODEL("a Python pickle, as PyTorch writes models")},
    {0, 4, "PK\3\4", MODEL("a ZIP archive, as PyTorch and Keras write models")},
    {0, 5, "%PDF-", DOCUMENT("a PDF document")},
    {0, 2, "\x1F\x8B", DOCUMENT("a gzip file")},
    {0, 6, "\xFD\x37zXZ\0", DOCUMENT("an xz file")},
    {0, 4, "\x28\xB5\x2F\xFD", DOCUMENT("a Zstandard file")},
    {0, 4, "\x7F\x45LF", DOCUMENT("a program")},
    {0, 2, "#!", DOCUMENT("a script")},
};

static bool begins(const uint8_t *bytes, size_t count, const char *word) {
  size_t length = strlen(word);
  if (count < length) return false;
  for (size_t i = 0; i < length; i++) {
    uint8_t letter = bytes[i] >= 'A' && bytes[i] <= 'Z' ? bytes[i] | 0x20 : bytes[i];
    if (letter != (uint8_t)word[i]) return false;
  }
  return true;
}

static bool is_space(uint8_t byte) {
  return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

// Web pages, as a camera's server answers where a password is missing, and other text.
static cimg_kind kind_of_text(const uint8_t *bytes, size_t count) {
  if (count >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) bytes += 3, count -= 3;
  while (count > 0 && is_space(*bytes)) bytes++, count--;
  if (begins(bytes, count, "<!doctype html") || begins(bytes, count, "<html") ||
      begins(bytes, count, "<head") || begins(bytes, count, "<body"))
    return (cimg_kind)DOCUMENT("an HTML page");
  if (begins(bytes, count, "<svg")) return (cimg_kind)PICTURE("an SVG drawing");
  if (begins(bytes, count, "<?xml")) return (cimg_kind)DOCUMENT("an XML document");
  if (begins(bytes, count, "http/")) return (cimg_kind)CONTAINER("an HTTP answer");
  if (begins(bytes, count, "--") || begins(bytes, count, "content-type:"))
    return (cimg_kind)CONTAINER("a multipart stream");
  if (count > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7' && is_space(bytes[2]))
    return (cimg_kind)PICTURE("a PNM picture");
  if (begins(bytes, count, "{") || begins(bytes, count, "["))
    return (cimg_kind)DOCUMENT("a JSON document");
  for (size_t i = 0; i < count; i++)
    if ((bytes[i] < ' ' && !is_space(bytes[i])) || bytes[i] == 0x7F) return (cimg_kind){0, ""};
  return count >= 8 ? (cimg_kind)DOCUMENT("text") : (cimg_kind){0, ""};
}

// A ModelProto's first field is the version of its form, a small number; then the producer's name,
// or the graph.
static bool is_onnx(const uint8_t *bytes, size_t count) {
  return count >= 8 && bytes[0] == 0x08 && bytes[1] >= 1 && bytes[1] <= 32 &&
         (bytes[2] == 0x12 || bytes[2] == 0x1A || bytes[2] == 0x3A || bytes[2] == 0x42);
}

// 14 bytes: size of the file, zeros, offset of the pixels, of which the high bytes are 0.
static bool is_bmp(const uint8_t *bytes, size_t count) {
  return count >= 14 && bytes[0] == 'B' && bytes[1] == 'M' && bytes[12] == 0 && bytes[13] == 0;
}

cimg_kind cimg_kind_of(const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
    const signature *candidate = &signatures[i];
    if (count >= (size_t)candidate->offset + candidate->count &&
        memcmp(bytes + candidate->offset, candidate->bytes, candidate->count) == 0)
      return candidate->kind;
  }
  if (is_bmp(bytes, count)) return (cimg_kind)PICTURE("a BMP picture");
  if (is_onnx(bytes, count)) return (cimg_kind)MODEL("an ONNX model");
  size_t zeros = 0;
  while (zeros < count && bytes[zeros] == 0) zeros++;
  if (count >= 8 && zeros == count)
    return (cimg_kind)DOCUMENT("zeros, as where writing never got to the content");
  return kind_of_text(bytes, count);
}
