#pragma once

#include <stdbool.h>
#include <stdint.h>

// Waiting for a word of memory that processes share (futex(2)).

// Sleeps while the word is `value`, at most `nanoseconds`; it may also wake for no reason. False
// when the time was over.
bool csys_futex_wait(const uint32_t *_Nonnull word, uint32_t value, uint64_t nanoseconds);

// Wakes whoever sleeps on the word.
void csys_futex_wake(const uint32_t *_Nonnull word);
