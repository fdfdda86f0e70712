// What a hijacked program might try, and what the program itself goes on doing.
#pragma once

typedef struct {
  const char *name;
  // 0: it was possible; an errno.
  int error;
} attempt;

enum { ATTEMPTS_LIMIT = 64 };

typedef struct {
  int count;
  attempt list[ATTEMPTS_LIMIT];
} attempts;

// Tries everything that needs no files of its own. `outside` has a file `there`, and so has
// `inside`. Ends with an attempt to become another program: where that is possible "exec" is the
// last name.
void attempt_all(attempts *result, const char *inside, const char *outside);

// Files and calls in the folders of the watcher's and the reader's profile.
void attempt_files(attempts *result, const char *inside, const char *outside);

// Calls that no profile needs, or needs in another form only.
void attempt_calls(attempts *result);
