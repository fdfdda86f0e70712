#include "cimg_internal.h"

// libjpeg-turbo's SIMD code wants rows on 32 bytes.
enum { ALIGNMENT = 32 };

static size_t round_up(size_t bytes) {
  return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

void cimg_pool_reset(cimg_pool *pool) {
  pool->used = pool->peak = pool->refused = 0;
}

void *cimg_pool_take(cimg_pool *pool, size_t bytes) {
  size_t free_bytes = pool->size - pool->used;
  if (bytes > free_bytes || round_up(bytes) > free_bytes) {
    pool->refused = bytes > SIZE_MAX - pool->used ? SIZE_MAX : pool->used + bytes;
    return NULL;
  }
  uint8_t *memory = pool->base + pool->used;
  pool->used += round_up(bytes);
  if (pool->used > pool->peak) pool->peak = pool->used;
  return memory;
}

// Blocks that may come back carry a header. A freed block at the pool's end shortens the pool; any
// other stays taken until the next picture begins. libpng and zlib keep nearly all that they take
// until the picture's end, so nothing better is needed.
typedef struct header {
  size_t start;  // pool.used before this block
  size_t end;    // pool.used after it
} header;

void *cimg_pool_allocate(cimg_pool *pool, size_t bytes) {
  if (bytes > SIZE_MAX - 2 * sizeof(header)) bytes = SIZE_MAX - 2 * sizeof(header);
  size_t start = pool->used;
  uint8_t *memory = cimg_pool_take(pool, round_up(sizeof(header)) + bytes);
  if (!memory) return NULL;
  *(header *)memory = (header){.start = start, .end = pool->used};
  return memory + round_up(sizeof(header));
}

void cimg_pool_free(cimg_pool *pool, void *memory) {
  if (!memory) return;
  header *block = (header *)((uint8_t *)memory - round_up(sizeof(header)));
  if (block->end == pool->used) pool->used = block->start;
}
