// The pool of cimg_pool.c for fuzzing: what it grants and refuses is the same to the byte, but
// every block comes from the heap of its own, so that AddressSanitizer sees a write behind one, a
// use after the picture's end, and a block given back twice.
#include <stdlib.h>

#include "cimg_internal.h"

enum { ALIGNMENT = 32 };

typedef struct block {
  struct block *next;
  size_t start;  // pool.used before this block
  size_t end;    // pool.used after it
  void *memory;
} block;

// One decoder is alive at a time whose picture holds blocks.
static block *blocks;

static size_t round_up(size_t bytes) {
  return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

void cimg_pool_reset(cimg_pool *pool) {
  pool->used = pool->peak = pool->refused = 0;
  while (blocks) {
    block *first = blocks;
    blocks = first->next;
    free(first->memory);
    free(first);
  }
}

static void *take(cimg_pool *pool, size_t header, size_t bytes) {
  size_t start = pool->used;
  size_t free_bytes = pool->size - pool->used;
  size_t whole = header + bytes;
  if (whole > free_bytes || round_up(whole) > free_bytes) {
    pool->refused = whole > SIZE_MAX - pool->used ? SIZE_MAX : pool->used + whole;
    return NULL;
  }
  pool->used += round_up(whole);
  if (pool->used > pool->peak) pool->peak = pool->used;
  block *made = malloc(sizeof *made);
  void *memory = NULL;
  if (!made || posix_memalign(&memory, ALIGNMENT, bytes ? bytes : 1) != 0) abort();
  *made = (block){.next = blocks, .start = start, .end = pool->used, .memory = memory};
  blocks = made;
  return memory;
}

void *cimg_pool_take(cimg_pool *pool, size_t bytes) {
  return take(pool, 0, bytes);
}

void *cimg_pool_allocate(cimg_pool *pool, size_t bytes) {
  if (bytes > SIZE_MAX - 2 * ALIGNMENT) bytes = SIZE_MAX - 2 * ALIGNMENT;
  return take(pool, ALIGNMENT, bytes);
}

void cimg_pool_free(cimg_pool *pool, void *memory) {
  if (!memory) return;
  block **link = &blocks;
  while (*link && (*link)->memory != memory) link = &(*link)->next;
  if (!*link) abort();
  block *freed = *link;
  if (freed->end == pool->used) pool->used = freed->start;
  *link = freed->next;
  free(freed->memory);
  free(freed);
}
