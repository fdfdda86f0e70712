#pragma once

#include <stdbool.h>
#include <stdint.h>

// What happens in folders, from the kernel (inotify), in fixed memory.

enum csys_event_kind {
  // A file was closed by somebody who had it open for writing.
  CSYS_EVENT_CLOSED = 1,
  // A file was renamed into the folder.
  CSYS_EVENT_MOVED_IN = 2,
  // A name appeared: an empty file that is going to be written, or a hard link.
  CSYS_EVENT_CREATED = 4,
  // Folders inside came, went or were renamed.
  CSYS_EVENT_FOLDERS = 8,
  // The watched folder itself was removed, renamed or unmounted.
  CSYS_EVENT_GONE = 16,
  // The kernel dropped events.
  CSYS_EVENT_OVERFLOW = 32,
};

typedef struct {
  int watch;
  // One csys_event_kind.
  int kind;
  // Valid until the next call; empty where the kind has no name.
  const char *_Nonnull name;
} csys_event;

typedef struct {
  int descriptor;
  int used;
  int filled;
  uint64_t bytes[1024];
} csys_events;

// 0 or an errno.
int csys_events_open(csys_events *_Nonnull events);

// Watches the folder (not a link to one); its number, the same again for the same folder, or a
// negative errno.
int csys_events_watch(csys_events *_Nonnull events, const char *_Nonnull folder);

void csys_events_unwatch(csys_events *_Nonnull events, int watch);

// The next event that matters, without waiting; false when there is none.
bool csys_events_next(csys_events *_Nonnull events, csys_event *_Nonnull event);
