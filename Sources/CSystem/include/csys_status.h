#pragma once

#include <stdbool.h>
#include <stdint.h>

// What stands under a name, links not followed.
typedef struct {
  // A csys_file_kind; CSYS_FILE_OTHER for a symbolic link.
  int kind;
  uint64_t device;
  uint64_t inode;
  uint64_t bytes;
  // Times since 1970, negative before, held at the ends of what 64 bits can count (1677 to 2262).
  // Of the content, and of anything about the file, which nobody can set back.
  int64_t modified_nanoseconds;
  int64_t changed_nanoseconds;
} csys_status;

// 0 or an errno.
int csys_look(const char *_Nonnull path, csys_status *_Nonnull status);
int csys_look_at(int descriptor, csys_status *_Nonnull status);

// A name in an open folder; the current one is AT_FDCWD.
int csys_look_in(int folder, const char *_Nonnull name, csys_status *_Nonnull status);

enum csys_writing { CSYS_WRITING_NO = 0, CSYS_WRITING_YES = 1, CSYS_WRITING_UNKNOWN = 2 };

// Whether somebody has the file open for writing, asked of the kernel by a read lease (fcntl(2)),
// which it only grants to a file's owner or the privileged, and not on every file system:
// CSYS_WRITING_UNKNOWN otherwise. `descriptor` was opened for reading.
int csys_is_being_written(int descriptor);
