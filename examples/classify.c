// Names pictures through libsinf: JPEG and PNG files, and raw pixels as binary PPM and PGM.
//   cc classify.c $(pkg-config --cflags --libs sinf) -o classify
//   ./classify model.sinf picture...
// One line a picture: label, share, class, path, cluster. Nothing is allocated after sinf_open.
#include <errno.h>
#include <fcntl.h>
#include <sinf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_BYTES = 64 << 20 };

// The number of bytes of the file, at most `room`; -1 and errno.
static ssize_t read_file(const char *path, unsigned char *bytes, size_t room) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  size_t count = 0;
  ssize_t step;
  while ((step = read(file, bytes + count, room - count)) > 0) count += (size_t)step;
  close(file);
  return step < 0 ? -1 : (ssize_t)count;
}

// Whether the bytes are "P6 WIDTH HEIGHT 255" or "P5 ..." and as many pixels.
static int find_pixels(const char *bytes, size_t count, sinf_pixels *pixels) {
  char header[64] = "", kind;
  int length = 0;
  memcpy(header, bytes, count < sizeof header ? count : sizeof header - 1);
  if (sscanf(header, "P%c %u %u 255%n", &kind, &pixels->width, &pixels->height, &length) != 3)
    return 0;
  if (length == 0 || (kind != '5' && kind != '6')) return 0;
  pixels->layout = kind == '6' ? SINF_RGB : SINF_GREY;
  pixels->stride = (size_t)pixels->width * (kind == '6' ? 3 : 1);
  pixels->bytes = bytes + length + 1;
  size_t left = count - (size_t)length - 1;
  return pixels->height > 0 && left / pixels->height >= pixels->stride;
}

static void print(const char *path, const sinf_result *result) {
  static const char *const paths[] = {"", "stop", "subgraph", "fallback", "whole"};
  const sinf_label *best = &result->labels[0];
  printf("%s: %.*s %.6f class %u, %s, cluster %d\n", path, (int)best->name_bytes, best->name,
         best->share, best->class_index, paths[result->path], result->cluster);
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: classify MODEL PICTURE...\n");
    return 2;
  }
  sinf_error error;
  const void *model;
  size_t model_bytes, arena_bytes;
  if (sinf_map(argv[1], &model, &model_bytes, &error) != SINF_OK ||
      sinf_arena_bytes(model, model_bytes, SINF_DECODER_BYTES, &arena_bytes, &error) != SINF_OK) {
    fprintf(stderr, "%s: %s\n", argv[1], error.text);
    return 1;
  }
  void *arena = malloc(arena_bytes);
  unsigned char *bytes = malloc(FILE_BYTES);
  static char line[BUFSIZ];
  setvbuf(stdout, line, _IOLBF, sizeof line);
  if (!arena || !bytes) return 1;
  sinf_engine *engine = sinf_open(model, model_bytes, arena, arena_bytes, &error);
  if (!engine) {
    fprintf(stderr, "%s: %s\n", argv[1], error.text);
    return 1;
  }
  int failed = 0;
  for (int i = 2; i < argc; i++) {
    ssize_t count = read_file(argv[i], bytes, FILE_BYTES);
    if (count < 0) {
      fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
      failed = 1;
      continue;
    }
    sinf_pixels pixels;
    sinf_result result;
    int32_t status = find_pixels((const char *)bytes, (size_t)count, &pixels)
                         ? sinf_classify_pixels(engine, &pixels, &result, &error)
                         : sinf_classify_encoded(engine, bytes, (size_t)count, &result, &error);
    if (status == SINF_OK) {
      print(argv[i], &result);
    } else {
      fprintf(stderr, "%s: %s\n", argv[i], error.text);
      failed = 1;
    }
  }
  sinf_close(engine);
  sinf_unmap(model, model_bytes);
  free(bytes);
  free(arena);
  return failed;
}
