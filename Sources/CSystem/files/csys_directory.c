#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "csys_directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void csys_directory_begin(csys_directory *directory, int folder) {
  directory->used = directory->filled = 0;
  directory->descriptor = folder;
}

int csys_directory_open(csys_directory *directory, const char *path) {
  directory->used = directory->filled = 0;
  do {
    directory->descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  } while (directory->descriptor < 0 && errno == EINTR);
  return directory->descriptor < 0 ? errno : 0;
}

const char *csys_directory_next(csys_directory *directory, int *error) {
  *error = 0;
  for (;;) {
    if (directory->used == directory->filled) {
      ssize_t filled =
          getdents64(directory->descriptor, directory->entries, sizeof directory->entries);
      if (filled <= 0) {
        // ENOENT: the folder was removed while we read it; nothing more can come.
        if (filled < 0 && errno != ENOENT) *error = errno;
        return NULL;
      }
      directory->used = 0;
      directory->filled = (int)filled;
    }
    const struct dirent64 *entry =
        (const struct dirent64 *)((const char *)directory->entries + directory->used);
    directory->used += entry->d_reclen;
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) return entry->d_name;
  }
}

void csys_directory_close(csys_directory *directory) {
  if (directory->descriptor >= 0) close(directory->descriptor);
  directory->descriptor = -1;
}
