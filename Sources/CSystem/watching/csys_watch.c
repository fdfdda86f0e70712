#define _GNU_SOURCE
#include "csys_watch.h"

#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>

static const uint32_t interest = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF |
                                 IN_MOVE_SELF | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR |
                                 IN_DONT_FOLLOW | IN_EXCL_UNLINK;

int csys_events_open(csys_events *events) {
  events->used = events->filled = 0;
  events->descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  return events->descriptor < 0 ? errno : 0;
}

int csys_events_watch(csys_events *events, const char *folder) {
  const int watch = inotify_add_watch(events->descriptor, folder, interest);
  return watch < 0 ? -errno : watch;
}

void csys_events_unwatch(csys_events *events, int watch) {
  inotify_rm_watch(events->descriptor, watch);
}

/// A csys_event_kind, or 0 for what doesn't matter.
static int kind_of(uint32_t mask) {
  if (mask & IN_Q_OVERFLOW) return CSYS_EVENT_OVERFLOW;
  if (mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) return CSYS_EVENT_GONE;
  if (mask & IN_ISDIR) {
    return mask & (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE) ? CSYS_EVENT_FOLDERS : 0;
  }
  if (mask & IN_CLOSE_WRITE) return CSYS_EVENT_CLOSED;
  if (mask & IN_MOVED_TO) return CSYS_EVENT_MOVED_IN;
  if (mask & IN_CREATE) return CSYS_EVENT_CREATED;
  return 0;
}

bool csys_events_next(csys_events *events, csys_event *event) {
  for (;;) {
    if (events->used == events->filled) {
      ssize_t count;
      do {
        count = read(events->descriptor, events->bytes, sizeof events->bytes);
      } while (count < 0 && errno == EINTR);
      if (count <= 0) return false;
      events->used = 0;
      events->filled = (int)count;
    }
    const struct inotify_event *raw =
        (const struct inotify_event *)((const char *)events->bytes + events->used);
    events->used += (int)(sizeof *raw + raw->len);
    event->kind = kind_of(raw->mask);
    event->watch = raw->wd;
    event->name = raw->len ? raw->name : "";
    if (event->kind) return true;
  }
}
