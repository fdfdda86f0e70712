// What include/sinf.h promises beyond examples/classify.c. Run by tools/check-library.sh.
#include <pthread.h>
#include <sinf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                 \
  do {                                                                   \
    if (!(condition)) {                                                  \
      fprintf(stderr, "check_library.c:%d: %s\n", __LINE__, #condition); \
      exit(1);                                                           \
    }                                                                    \
  } while (0)

enum { WIDTH = 61, HEIGHT = 47, PAD = 5, ROUNDS = 200 };

static const void *model;
static size_t model_bytes, arena_bytes;
static unsigned char rgb[WIDTH * HEIGHT * 3];
static unsigned char bgr[HEIGHT * (WIDTH * 3 + PAD)];

static const sinf_pixels picture = {rgb, WIDTH, HEIGHT, WIDTH * 3, SINF_RGB};

static bool same(const sinf_result *a, const sinf_result *b) {
  if (a->label_count != b->label_count || a->path != b->path || a->cluster != b->cluster)
    return false;
  for (uint32_t i = 0; i < a->label_count; i++) {
    if (a->labels[i].class_index != b->labels[i].class_index) return false;
    if (memcmp(&a->labels[i].share, &b->labels[i].share, sizeof(float)) != 0) return false;
  }
  return a->route_share == b->route_share && a->macs == b->macs;
}

static sinf_engine *opened(void *arena) {
  sinf_error error;
  sinf_engine *engine = sinf_open(model, model_bytes, arena, arena_bytes, &error);
  CHECK(engine);
  return engine;
}

static void *repeat(void *first) {
  void *arena = malloc(arena_bytes);
  sinf_engine *engine = opened(arena);
  for (int i = 0; i < ROUNDS; i++) {
    sinf_result result;
    CHECK(sinf_classify_pixels(engine, &picture, &result, NULL) == SINF_OK);
    CHECK(same(&result, first));
  }
  sinf_close(engine);
  free(arena);
  return NULL;
}

static void refuse(sinf_engine *engine, sinf_pixels pixels) {
  sinf_error error;
  sinf_result result = {.label_count = 77};
  CHECK(sinf_classify_pixels(engine, &pixels, &result, &error) == SINF_ERROR_ARGUMENT);
  CHECK(error.code == SINF_ERROR_ARGUMENT && error.text[0] && result.label_count == 77);
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  sinf_error error;
  CHECK(sinf_map("/nonexistent", &model, &model_bytes, &error) == SINF_ERROR_SYSTEM);
  CHECK(error.system_error == 2 && error.text[0]);
  CHECK(sinf_map(argv[1], &model, &model_bytes, &error) == SINF_OK);
  CHECK(sinf_arena_bytes(model, model_bytes, 1, &arena_bytes, &error) == SINF_ERROR_ARGUMENT);
  CHECK(sinf_arena_bytes("", 0, 65536, &arena_bytes, NULL) != SINF_OK);
  CHECK(sinf_arena_bytes(model, model_bytes, 65536, &arena_bytes, &error) == SINF_OK);
  unsigned noise = 1;
  for (size_t i = 0; i < sizeof rgb; i++)
    rgb[i] = (unsigned char)((noise = noise * 69069 + 1) >> 24);
  for (size_t y = 0; y < HEIGHT; y++)
    for (size_t x = 0; x < WIDTH * 3; x++)
      bgr[y * (WIDTH * 3 + PAD) + x] = rgb[y * WIDTH * 3 + x + 2 - 2 * (x % 3)];

  // Anywhere, with dirty memory, and not a byte beyond: those on both sides stay.
  unsigned char *memory = malloc(arena_bytes + 200);
  sinf_result first, result;
  for (size_t shift = 1; shift < 100; shift += 31) {
    memset(memory, 0xA5, arena_bytes + 200);
    sinf_engine *engine = opened(memory + shift);
    CHECK(sinf_classify_pixels(engine, &picture, shift == 1 ? &first : &result, &error) == SINF_OK);
    CHECK(shift == 1 || same(&first, &result));
    CHECK(memory[shift - 1] == 0xA5 && memory[shift + arena_bytes] == 0xA5);
    sinf_close(engine);
  }
  size_t fits = arena_bytes;
  for (size_t bytes = 0; bytes < fits; bytes += 1 + fits / 500) {
    sinf_engine *engine = sinf_open(model, model_bytes, memory, bytes, &error);
    if (engine) {
      sinf_close(engine);
      CHECK(bytes + 64 >= fits);
    } else {
      CHECK(error.code == SINF_ERROR_MEMORY && error.needed <= fits && error.available == bytes);
    }
  }

  sinf_engine *engine = opened(memory);
  CHECK(sinf_classify_pixels(engine, &(sinf_pixels){bgr, WIDTH, HEIGHT, WIDTH * 3 + PAD, SINF_BGR},
                             &result, &error) == SINF_OK);
  CHECK(same(&first, &result));
  CHECK(result.width == WIDTH && result.height == HEIGHT && result.picture_bytes == 0);
  refuse(engine, (sinf_pixels){rgb, 0, HEIGHT, 3, SINF_RGB});
  refuse(engine, (sinf_pixels){rgb, WIDTH, 0, WIDTH * 3, SINF_RGB});
  refuse(engine, (sinf_pixels){rgb, WIDTH, HEIGHT, WIDTH * 3 - 1, SINF_RGB});
  refuse(engine, (sinf_pixels){rgb, WIDTH, HEIGHT, WIDTH * 3, 4});
  refuse(engine, (sinf_pixels){rgb, WIDTH, HEIGHT, WIDTH * 3, -1});
  refuse(engine, (sinf_pixels){rgb, WIDTH, HEIGHT, SIZE_MAX, SINF_RGB});
  refuse(engine, (sinf_pixels){NULL, WIDTH, HEIGHT, WIDTH * 3, SINF_RGB});
  CHECK(sinf_classify_encoded(engine, "not a picture", 13, &result, &error) == SINF_ERROR_PICTURE);
  CHECK(sinf_classify_encoded(engine, "", 0, &result, NULL) == SINF_ERROR_PICTURE);

  uint32_t bytes = 0;
  CHECK(sinf_class_count(engine) > first.labels[0].class_index);
  CHECK(sinf_class_name(engine, first.labels[0].class_index, &bytes) == first.labels[0].name);
  CHECK(bytes == first.labels[0].name_bytes);
  CHECK(!sinf_class_name(engine, sinf_class_count(engine), &bytes) && bytes == 0);
  CHECK(!sinf_cluster_name(engine, sinf_cluster_count(engine), &bytes));
  CHECK(first.cluster < 0 || sinf_cluster_name(engine, (uint32_t)first.cluster, &bytes));

  pthread_t threads[2];
  for (int i = 0; i < 2; i++) CHECK(pthread_create(&threads[i], NULL, repeat, &first) == 0);
  for (int i = 0; i < 2; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  sinf_close(engine);
  sinf_close(NULL);
  free(memory);
  sinf_unmap(model, model_bytes);
  return 0;
}
