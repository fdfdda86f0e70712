#include "csys_args.h"

#include <stdlib.h>

static int argument_count;
static char **argument_values;

// glibc passes main's arguments to constructors as well. A main of our own in C is no way out:
// SwiftPM silently prefers the one that @main generates.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
  argument_count = count;
  argument_values = values;
}

const char *csys_argument(int index) {
  return index >= 0 && index < argument_count ? argument_values[index] : NULL;
}

const char *csys_environment(const char *name) {
  return getenv(name);
}
