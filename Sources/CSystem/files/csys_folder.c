#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#define _TIME_BITS 64
#include "csys_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "csys_file.h"

static int open_at(int folder, const char *path, int flags) {
  int descriptor;
  do {
    descriptor = openat(folder, path, flags | O_CLOEXEC | O_NOFOLLOW);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor < 0 ? -errno : descriptor;
}

/// The folder that holds the path's last part, which `name` is set to: `folder` itself or a
/// descriptor to be given to `leave`; or a negative errno.
static int enter(int folder, const char *path, const char **name) {
  int at = folder;
  for (const char *slash; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
    char part[NAME_MAX + 1];
    const size_t length = (size_t)(slash - path);
    int next = -ENAMETOOLONG;
    if (length < sizeof part) {
      memcpy(part, path, length);
      part[length] = 0;
      next = open_at(at, part, O_PATH | O_DIRECTORY);
    }
    if (at != folder) close(at);
    if (next < 0) return next;
    at = next;
  }
  *name = path;
  return at;
}

static void leave(int folder, int at) {
  if (at != folder) close(at);
}

int csys_folder_open(const char *path) {
  return open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
}

int csys_folder_open_place(const char *path) {
  return open_at(AT_FDCWD, path, O_PATH | O_DIRECTORY);
}

int csys_folder_open_in(int folder, const char *path) {
  const char *name;
  const int at = enter(folder, path, &name);
  if (at < 0) return at;
  const int opened = open_at(at, name, O_RDONLY | O_DIRECTORY);
  leave(folder, at);
  return opened;
}

int csys_folder_look(int folder, const char *path, csys_status *status) {
  const char *name;
  const int at = enter(folder, path, &name);
  if (at < 0) return -at;
  const int error = csys_look_in(at, name, status);
  leave(folder, at);
  return error;
}

int csys_folder_open_file(int folder, const char *path) {
  const char *name;
  const int at = enter(folder, path, &name);
  if (at < 0) return at;
  csys_status status;
  // Opening a device can already act on it, so look first, and again at what was opened.
  int error = csys_look_in(at, name, &status);
  int descriptor = -1;
  if (error == 0 && status.kind != CSYS_FILE_REGULAR) error = EINVAL;
  if (error == 0) {
    descriptor = open_at(at, name, O_RDONLY | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) error = -descriptor;
  }
  leave(folder, at);
  if (error == 0) error = csys_look_at(descriptor, &status);
  if (error == 0 && status.kind != CSYS_FILE_REGULAR) error = EINVAL;
  if (error == 0) return descriptor;
  if (descriptor >= 0) close(descriptor);
  return -error;
}

static int move(int from, const char *name, int to, const char *target) {
  if (syscall(SYS_renameat2, from, name, to, target, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // A file system or kernel without it: a second name is made, which never replaces, then the first
  // one goes. A crash in between leaves both.
  if (linkat(from, name, to, target, 0) != 0) return errno;
  return unlinkat(from, name, 0) == 0 ? 0 : errno;
}

int csys_folder_move(int from, const char *path, int to, const char *target) {
  const char *name, *target_name;
  const int at = enter(from, path, &name);
  if (at < 0) return -at;
  const int target_at = enter(to, target, &target_name);
  const int error = target_at < 0 ? -target_at : move(at, name, target_at, target_name);
  if (target_at >= 0) leave(to, target_at);
  leave(from, at);
  return error;
}

int csys_folder_remove(int folder, const char *path) {
  const char *name;
  const int at = enter(folder, path, &name);
  if (at < 0) return -at;
  const int error = unlinkat(at, name, 0) == 0 ? 0 : errno;
  leave(folder, at);
  return error;
}

int csys_folder_sync(int folder) {
  // Some file systems can't do this for folders, and say EINVAL.
  return fsync(folder) == 0 || errno == EINVAL ? 0 : errno;
}

const char *csys_folder_silent_kind(int folder) {
  struct statfs status;
  if (fstatfs(folder, &status) != 0) return NULL;
  // Numbers of linux/magic.h and of the file systems' own sources. The kernel sees what is done
  // through itself, not what a server, a program or a lower layer does.
  switch ((unsigned)status.f_type) {
    case 0x6969:
      return "NFS";
    case 0x517B:
    case 0xFF534D42:
    case 0xFE534D42:
      return "SMB";
    case 0x65735546:
      return "FUSE";
    case 0x794C7630:
      return "overlayfs";
    case 0x01021997:
      return "9P";
    case 0x5346414F:
    case 0x6B414653:
      return "AFS";
    case 0x00C36400:
      return "Ceph";
    case 0x73757245:
      return "Coda";
    case 0x786F4256:
      return "a shared folder of VirtualBox";
    default:
      return NULL;
  }
}
