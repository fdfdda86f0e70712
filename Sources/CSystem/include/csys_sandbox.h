#pragma once

#include <stdint.h>

// Giving up what the program does not need, for good: which files it may touch (Landlock) and what
// it may ask of the kernel (seccomp). Neither needs privileges, neither can be taken back.

enum csys_allowance {
  // Open files below the path, or the file itself, for reading.
  CSYS_ALLOW_READ = 1,
  // List folders.
  CSYS_ALLOW_LIST = 2,
  // Write and cut files.
  CSYS_ALLOW_WRITE = 4,
  // Make, rename, link and remove files.
  CSYS_ALLOW_NAMES = 8,
};

enum csys_confinement {
  // Files outside what was allowed are out of reach.
  CSYS_CONFINED_FILES = 1,
  // Only the calls of the profile are answered.
  CSYS_CONFINED_CALLS = 2,
};

enum csys_profile {
  // Reads files, writes to open descriptors.
  CSYS_PROFILE_READER = 0,
  // Also opens files for writing, renames and removes them, and watches folders.
  CSYS_PROFILE_WATCHER = 1,
  // A reader that also drops files from the page cache and starts and stops counters.
  CSYS_PROFILE_BENCH = 2,
  // Makes processes of its own kind, waits for them and ends them (csys_forkserver).
  CSYS_PROFILE_FORK_SERVER = 3,
  // Computes, waits for a word of memory, tells the time, ends. No descriptor is of any use to it.
  CSYS_PROFILE_DECODER = 4,
};

typedef struct {
  // Negative when the kernel has no Landlock.
  int ruleset;
  uint64_t handled;
} csys_sandbox;

// Begins a list of allowances; everything of the given kinds (csys_allowance, or'ed) that is not
// allowed will be refused, and so will execution, always.
void csys_sandbox_begin(csys_sandbox *_Nonnull sandbox, int kinds);

// Allows these kinds below the path; 0 or an errno (ENOENT: there is nothing).
int csys_sandbox_allow(csys_sandbox *_Nonnull sandbox, const char *_Nonnull path, int kinds);

// Enters it, with all threads that are made from now on (those that run already stay free): what
// was achieved, csys_confinement or'ed. A ruleset below 0 leaves files as they are.
int csys_sandbox_enter(csys_sandbox *_Nonnull sandbox, int profile);
