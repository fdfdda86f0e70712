#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A fork server: a small process, made while there is one thread only, that makes children on
// request and ends them. A program that has given up the right to make processes, or has threads,
// gets a fresh child all the same, in the state in which the program was when the server was made.
//
// The server touches nothing that comes from outside: it reads commands of one byte from its maker
// and waits for its one child. When its maker ends, so do server and child.

typedef struct csys_forkserver csys_forkserver;

// What a child does, in a process without open descriptors; it never returns. `confined` is what
// the server has achieved for its children so far, csys_confinement or'ed.
typedef void (*csys_child_body)(void *_Nonnull context, int confined);

// Makes the server, with a first child if wanted later (csys_forkserver_fork). `bell` is a word in
// memory that all of them share: it is incremented and woken when the child has ended. `confines`:
// the server and its children give up all files and every call that they don't need. NULL and an
// errno when the system refuses.
csys_forkserver *_Nullable csys_forkserver_start(csys_child_body _Nonnull body,
                                                 void *_Nonnull context, uint32_t *_Nonnull bell,
                                                 bool confines, int *_Nonnull error);

// A fresh child; one that is left ends first. 0 or an errno; ECHILD: the server is gone.
int csys_forkserver_fork(csys_forkserver *_Nonnull server);

// Ends the child at once and returns when it is gone. 0, or ECHILD: the server is gone.
int csys_forkserver_kill(csys_forkserver *_Nonnull server);

// Whether a child was made and hasn't ended.
bool csys_forkserver_has_child(const csys_forkserver *_Nonnull server);

// The signal that ended the last child, 0 where it ended by itself.
int csys_forkserver_last_signal(const csys_forkserver *_Nonnull server);

// Memory of server and child that is theirs alone: peaks of what is resident, without pages of
// files, which the program has in memory anyway. -1 where the kernel doesn't say.
int64_t csys_forkserver_peak_bytes(const csys_forkserver *_Nonnull server);
// The same now.
int64_t csys_forkserver_resident_bytes(const csys_forkserver *_Nonnull server);

// Ends the server and its child, and waits for that; all that can be done now is to stop.
void csys_forkserver_end(csys_forkserver *_Nonnull server);

// The same, and gives the memory back.
void csys_forkserver_stop(csys_forkserver *_Nonnull server);
