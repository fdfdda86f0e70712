#include "csys_commit.h"

__attribute__((weak)) const char *csys_commit(void) {
  return "unreleased";
}
