#pragma once

#include <stdint.h>
#include <stddef.h>

enum csys_file_kind {
  CSYS_FILE_REGULAR = 1,
  CSYS_FILE_DIRECTORY = 2,
  CSYS_FILE_FIFO = 3,
  CSYS_FILE_CHARACTER_DEVICE = 4,
  CSYS_FILE_BLOCK_DEVICE = 5,
  CSYS_FILE_SOCKET = 6,
  CSYS_FILE_OTHER = 7,
};

// The csys_file_kind of a mode of stat(2).
int csys_file_kind_of(unsigned mode);

// What stands at the path, links followed: a csys_file_kind, or a negative errno. Opens nothing, so
// that a device feels nothing and a FIFO cannot make us wait.
int csys_file_kind(const char *_Nonnull path);

// Whether the path itself is a symbolic link.
int csys_is_link(const char *_Nonnull path);

// A descriptor for reading the regular file at the path, or a negative errno: EINVAL when it is
// something else, also when it became so since csys_file_kind looked. Never waits for a writer.
int csys_open_regular(const char *_Nonnull path);

void csys_close(int descriptor);

// Copies the file's first bytes, at most `capacity`; how many there are, or a negative errno.
int csys_first_bytes(const char *_Nonnull path, uint8_t *_Nonnull bytes, int capacity);

// Writes all bytes; 0 or the errno of what went wrong (EPIPE, ENOSPC, EIO ...).
int csys_write_all(int descriptor, const void *_Nonnull bytes, size_t count);

// The same, and never waits for the reader of a pipe once the descriptor `stop` has something to
// read, or not at all for CSYS_NEVER_WAIT: ECANCELED then, with part of the bytes written perhaps.
// `count` is at most PIPE_BUF (4096).
enum { CSYS_NEVER_WAIT = -2 };
int csys_write_unless(int descriptor, int stop, const void *_Nonnull bytes, size_t count);
