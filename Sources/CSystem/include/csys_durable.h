#pragma once

#include <stddef.h>
#include <stdint.h>

// Files that shall survive a power cut. Results are 0 or an errno where nothing else is said.

// A descriptor for reading and appending, the file made if need be; or a negative errno.
int csys_open_append(const char *_Nonnull path);

// The same, emptied.
int csys_open_empty(const char *_Nonnull path);

// Bytes of the file, or a negative errno.
int64_t csys_file_bytes(int descriptor);

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

// Renames unless something stands there (EEXIST).
int csys_rename_new(const char *_Nonnull from, const char *_Nonnull to);

int csys_remove(const char *_Nonnull path);
