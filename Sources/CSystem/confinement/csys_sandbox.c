#define _GNU_SOURCE
#include "csys_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "csys_landlock.h"
#include "csys_seccomp.h"

static const uint64_t names =
    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
// What makes sense for a file as the object of a rule; the rest is for folders.
static const uint64_t of_files = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
                                 LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;

/// Landlock's rights for csys_allowance; `grants` leaves out what no rule of ours needs.
static uint64_t rights(int kinds, int version, int grants) {
  uint64_t result = 0;
  if (kinds & CSYS_ALLOW_READ) result |= LANDLOCK_ACCESS_FS_READ_FILE;
  if (kinds & CSYS_ALLOW_LIST) result |= LANDLOCK_ACCESS_FS_READ_DIR;
  if (kinds & CSYS_ALLOW_WRITE) {
    result |= LANDLOCK_ACCESS_FS_WRITE_FILE;
    if (version >= 3) result |= LANDLOCK_ACCESS_FS_TRUNCATE;
  }
  if (kinds & CSYS_ALLOW_NAMES) {
    result |= grants ? LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG : names;
    if (version >= 2) result |= LANDLOCK_ACCESS_FS_REFER;
  }
  return result;
}

void csys_sandbox_begin(csys_sandbox *sandbox, int kinds) {
  sandbox->ruleset = -1;
  sandbox->handled = 0;
  const long version =
      syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return;
  csys_landlock_ruleset ruleset = {0};
  ruleset.handled_access_fs = rights(kinds, (int)version, 0) | LANDLOCK_ACCESS_FS_EXECUTE;
  if (version >= 4) {
    ruleset.handled_access_net = CSYS_LANDLOCK_NET_BIND_TCP | CSYS_LANDLOCK_NET_CONNECT_TCP;
  }
  if (version >= 6) {
    ruleset.scoped = CSYS_LANDLOCK_SCOPE_ABSTRACT_SOCKET | CSYS_LANDLOCK_SCOPE_SIGNAL;
  }
  const size_t size = version >= 6   ? sizeof ruleset
                      : version >= 4 ? 2 * sizeof(__u64)
                                     : sizeof(__u64);
  sandbox->ruleset = (int)syscall(SYS_landlock_create_ruleset, &ruleset, size, 0);
  sandbox->handled = ruleset.handled_access_fs;
}

int csys_sandbox_allow(csys_sandbox *sandbox, const char *path, int kinds) {
  if (sandbox->ruleset < 0) return 0;
  const int descriptor = open(path, O_PATH | O_CLOEXEC);
  if (descriptor < 0) return errno;
  struct stat status;
  int error = fstat(descriptor, &status) == 0 ? 0 : errno;
  struct landlock_path_beneath_attr rule = {.parent_fd = descriptor};
  // What the ruleset doesn't handle is free anyway, and may not be named.
  rule.allowed_access = rights(kinds, 3, 1) & sandbox->handled;
  if (error == 0 && !S_ISDIR(status.st_mode)) rule.allowed_access &= of_files;
  if (error == 0 && rule.allowed_access &&
      syscall(SYS_landlock_add_rule, sandbox->ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    error = errno;
  }
  close(descriptor);
  return error;
}

int csys_sandbox_enter(csys_sandbox *sandbox, int profile) {
  int achieved = 0;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 0;
  if (sandbox->ruleset >= 0) {
    if (syscall(SYS_landlock_restrict_self, sandbox->ruleset, 0) == 0) {
      achieved |= CSYS_CONFINED_FILES;
    }
    close(sandbox->ruleset);
    sandbox->ruleset = -1;
  }
  if (csys_seccomp_enter(profile) == 0) achieved |= CSYS_CONFINED_CALLS;
  return achieved;
}
