#define _GNU_SOURCE
#include "csys_error.h"

#include <errno.h>
#include <string.h>

const char *csys_error_text(int error) {
  const char *text = strerrordesc_np(error);
  return text ? text : "Unknown error";
}

int csys_path_too_long(void) {
  return ENAMETOOLONG;
}
