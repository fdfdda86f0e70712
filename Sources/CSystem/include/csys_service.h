#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What a program that runs for months needs: signals that wait to be asked for, one place to sleep,
// the service manager's protocol, the wall clock.

enum csys_signal {
  CSYS_SIGNAL_NONE = 0,
  CSYS_SIGNAL_STOP = 1,    // SIGTERM, SIGINT
  CSYS_SIGNAL_RELOAD = 2,  // SIGHUP
  CSYS_SIGNAL_STATUS = 3,  // SIGUSR1
};

// From now on these signals no longer interrupt: they are read from the descriptor. A negative
// errno on failure.
int csys_signals_open(void);

// The next csys_signal, without waiting.
int csys_signals_next(int descriptor);

// A descriptor that has something to read from the moment on when SIGTERM or SIGINT came, until
// csys_signals_next told it. After csys_signals_open; a negative errno on failure.
int csys_stop_open(void);

// Sleeps until one of the descriptors (negative: none) has something to read, at most
// `milliseconds`.
void csys_wait(int first, int second, int milliseconds);

// Nanoseconds since 1970 by the wall clock, which may jump.
int64_t csys_wall_nanoseconds(void);

// Whether this is the process of that number, or a worker of csys_supervise below it.
bool csys_is_this_process(int64_t number);

// The service manager's socket (sd_notify(3)), connected; -1 when there is none.
int csys_notify_open(void);

// Sends one message; never waits, and a lost one is no error.
void csys_notify_send(int descriptor, const void *_Nonnull text, size_t count);

// Status by which the working process asks csys_supervise for a fresh one.
enum { CSYS_STATUS_AGAIN = 75 };

// Splits the program in two: returns 0 in a working process, and in the parent never. The parent
// forwards the signals above, starts a fresh worker when one ends with CSYS_STATUS_AGAIN, and
// otherwise ends as the worker did. A worker doesn't outlive its parent. An errno when there can be
// no second process. Call it while there is only one thread and before csys_signals_open.
int csys_supervise(void);

// Zeroed memory that a worker shares with those that follow it; NULL when the system refuses.
void *_Nullable csys_map_shared(size_t count);
