#pragma once

#include "csys_status.h"

// Files below an open folder, by descriptor and relative path. Each part of the path but the last
// is opened for itself and must be a folder, not a link; the last is never followed either. So
// whoever may write into the folder can't lead anybody out of it, whenever he swaps what for a
// link, and on every kernel. Paths have no "." or "..". Results are 0 or an errno where nothing
// else is said.

// The folder (not a link to one), for reading and as a place; a descriptor or a negative errno.
int csys_folder_open(const char *_Nonnull path);

// The same as a place only, to look at names and to rename and remove them.
int csys_folder_open_place(const char *_Nonnull path);

// A folder for reading, below another; "." for that one again.
int csys_folder_open_in(int folder, const char *_Nonnull path);

// What stands there.
int csys_folder_look(int folder, const char *_Nonnull path, csys_status *_Nonnull status);

// A descriptor for reading the regular file there, or a negative errno: EINVAL when it is something
// else (a device is not even opened). Never waits for a writer.
int csys_folder_open_file(int folder, const char *_Nonnull path);

// Renames into another open folder unless something stands there (EEXIST).
int csys_folder_move(int from, const char *_Nonnull path, int to, const char *_Nonnull target);

int csys_folder_remove(int folder, const char *_Nonnull path);

// Waits until the folder's names are on the disk.
int csys_folder_sync(int folder);

// Why the kernel doesn't tell of every change on the file system that holds the folder: "NFS",
// "SMB", "FUSE" and so on; NULL where it does or nothing is known.
const char *_Nullable csys_folder_silent_kind(int folder);
