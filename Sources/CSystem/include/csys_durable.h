#pragma once

#include <stddef.h>
#include <stdint.h>

// Files that shall survive a power cut. Results are 0 or an errno where nothing else is said.

// A descriptor for reading and appending results, the file made (0640) if need be; or a negative
// errno. A link is followed only where nobody but root and ourselves could have put it, such as
// /dev/stdout: ELOOP otherwise.
int csys_open_results(const char *_Nonnull path);

// The same for what is nobody else's business (0600); no link is followed.
int csys_open_private(const char *_Nonnull path);

// One of both, always a new file in the place of what may stand there.
int csys_open_fresh(const char *_Nonnull path, int is_private);

// A descriptor for reading what was written; no link is followed.
int csys_open_written(const char *_Nonnull path);

// How many bytes were read at `offset`, fewer than `count` only at the end; or a negative errno.
int64_t csys_read_at(int descriptor, void *_Nonnull bytes, size_t count, int64_t offset);

int csys_truncate(int descriptor, int64_t bytes);

// Waits until the file's data is on the disk. Pipes and devices have nothing to wait for.
int csys_sync(int descriptor);

// Waits until the names in the folder that holds `path` are on the disk.
int csys_sync_folder_of(const char *_Nonnull path);

// Claims the file for this process until the descriptor is closed; EAGAIN when another has it.
int csys_claim(int descriptor);

// Renames over what may stand there.
int csys_rename(const char *_Nonnull from, const char *_Nonnull to);

int csys_remove(const char *_Nonnull path);

// Writes a file that is to take the place of `path`, in the same folder, with that one's mode and,
// where it can, owner; 0644 where there is none. It is on the disk when this returns 0, and gone
// where it returns an errno.
int csys_write_beside(const char *_Nonnull fresh, const char *_Nonnull path,
                      const void *_Nonnull bytes, size_t count);

// The file at `path` is `old` from now on, and whatever was `old` is gone. It keeps its first name
// where the file system has links. `scratch` is a free name in the same folder.
int csys_keep_as(const char *_Nonnull path, const char *_Nonnull old, const char *_Nonnull scratch);
