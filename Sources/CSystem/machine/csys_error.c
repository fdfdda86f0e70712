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

int csys_try_again(void) {
  return EAGAIN;
}

int csys_is_trouble(int error) {
  switch (error) {
    case EAGAIN:
    case EBUSY:
    case EDQUOT:
    case EFBIG:
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENODEV:
    case ENOMEM:
    case ENOSPC:
    case EROFS:
    case ESTALE:
      return 1;
    default:
      return 0;
  }
}

int csys_no_such_file(void) {
  return ENOENT;
}

int csys_no_permission(void) {
  return EACCES;
}

int csys_no_space(void) {
  return ENOSPC;
}

int csys_exists(void) {
  return EEXIST;
}

int csys_other_file_system(void) {
  return EXDEV;
}

int csys_is_a_link(void) {
  return ELOOP;
}

int csys_too_many_files(void) {
  return EMFILE;
}

int csys_cancelled(void) {
  return ECANCELED;
}
