#pragma once

#include <stddef.h>
#include <stdint.h>

// Threads that share the parts of one task after another. All of it lies in memory that the caller
// gives: the pool's record and one stack a worker, with an unmapped page below it. libc takes a
// little heap for each thread when it starts; after that nothing is allocated.

typedef struct csys_pool csys_pool;

// One part of a task, 0 ..< parts. Parts run in any order, on any thread, several at once.
typedef void (*csys_pool_function)(void *_Nonnull context, uint32_t part);

// Most threads of a pool, the one that calls included.
enum { CSYS_POOL_MOST_THREADS = 64 };

// Most parts of a task.
enum { CSYS_POOL_MOST_PARTS = 255 };

// Bytes that a pool of `threads` (2 ... CSYS_POOL_MOST_THREADS) needs, the calling one included.
size_t csys_pool_bytes(int threads);

// Starts `threads` - 1 workers with all signals blocked. `memory` has csys_pool_bytes(threads)
// bytes, starts at a multiple of 64, was mapped readable and writable and outlives the pool.
// `spin_nanoseconds` is how long a thread without work looks for some before it sleeps; short in
// any case when there are fewer processors than threads. Returns NULL with an errno in `error` when
// a thread cannot be had; those that had started have then ended.
csys_pool *_Nullable csys_pool_start(void *_Nonnull memory, int threads, uint64_t spin_nanoseconds,
                                     int *_Nonnull error);

// Runs all parts (1 ... CSYS_POOL_MOST_PARTS) of a task, on the calling thread as well, and returns
// when the last one has ended: what they wrote is then seen. One caller at a time.
void csys_pool_run(csys_pool *_Nonnull pool, uint32_t parts, csys_pool_function _Nonnull function,
                   void *_Nonnull context);

// Ends the workers and waits for their end; the memory can then be used for something else.
void csys_pool_stop(csys_pool *_Nonnull pool);

// Processors that this process may run on, at least 1.
int csys_processor_count(void);
