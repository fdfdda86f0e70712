#pragma once

#include <stdint.h>

#define CSYS_NAME_BYTES 256

// One pass over a folder's entries in the order in which the file system has them, "." and ".."
// left out. Lives in the caller's memory (opendir would take the heap).
typedef struct {
  int descriptor;
  int used;
  int filled;
  uint64_t entries[512];
} csys_directory;

// Begins at the first entry of a folder that was opened for reading; csys_directory_close closes
// it.
void csys_directory_begin(csys_directory *_Nonnull directory, int folder);

// The same after opening it; 0 or an errno.
int csys_directory_open(csys_directory *_Nonnull directory, const char *_Nonnull path);

// The next entry's name, valid until the next call; NULL at the end, with `error` 0, or after a
// failure, with `error` set.
const char *_Nullable csys_directory_next(csys_directory *_Nonnull directory, int *_Nonnull error);

void csys_directory_close(csys_directory *_Nonnull directory);
