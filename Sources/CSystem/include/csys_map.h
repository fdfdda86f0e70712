#pragma once

#include <stddef.h>

// Maps the regular file at `path` read-only and privately. Returns 0, or the errno of what failed;
// EISDIR for a directory, EINVAL for anything else that is not a regular file, EFBIG for a file
// larger than the address space. An empty file gives *bytes = NULL, *count = 0.
// Whoever shortens the file while it is mapped makes the reader fault (SIGBUS): replace model files
// by renaming a new one over them.
int csys_map_file(const char *path, const void **bytes, size_t *count);

// Maps `count` > 0 bytes of zeros, private, readable and writable; pages are taken when first
// touched. Returns NULL when the system refuses.
void *csys_map_anonymous(size_t count);

// The same with a page behind it that can't be touched: whoever runs over its end is stopped there.
void *csys_map_guarded(size_t count);
void csys_unmap_guarded(const void *bytes, size_t count);

// Makes anonymous memory zeros again that take no room: whole pages from a page's beginning on.
void csys_forget_pages(void *bytes, size_t count);

// Gives a mapping back. NULL is ignored.
void csys_unmap(const void *bytes, size_t count);

// Takes the whole pages inside a range of a *file* mapping out of resident memory; they come back
// from the page cache when touched. Never use it on anonymous memory, whose content it would clear.
void csys_drop_pages(const void *bytes, size_t count);
