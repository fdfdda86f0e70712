#pragma once

#include <linux/landlock.h>
#include <linux/types.h>

// Landlock (landlock(7)) by system call: glibc 2.36 has no functions for it, and Debian 12's header
// ends with its third version. Private to CSystem.

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define CSYS_LANDLOCK_NET_BIND_TCP (1ULL << 0)
#define CSYS_LANDLOCK_NET_CONNECT_TCP (1ULL << 1)
#define CSYS_LANDLOCK_SCOPE_ABSTRACT_SOCKET (1ULL << 0)
#define CSYS_LANDLOCK_SCOPE_SIGNAL (1ULL << 1)

// struct landlock_ruleset_attr of version 6; older kernels take its beginning.
typedef struct {
  __u64 handled_access_fs;
  __u64 handled_access_net;
  __u64 scoped;
} csys_landlock_ruleset;
