#pragma once

// What an errno value means, in English whatever the locale; never NULL, never allocated.
const char *_Nonnull csys_error_text(int error);

// ENAMETOOLONG.
int csys_path_too_long(void);

// EAGAIN.
int csys_try_again(void);

// Whether the error says that the machine is in trouble, not the file: no space, no memory, no
// descriptors, a device that fails, a file system that went read-only or stale. What can pass.
int csys_is_trouble(int error);

// ENOENT.
int csys_no_such_file(void);

// EACCES.
int csys_no_permission(void);

// ENOSPC.
int csys_no_space(void);

// EEXIST.
int csys_exists(void);

// EXDEV.
int csys_other_file_system(void);

// ELOOP.
int csys_is_a_link(void);

// EMFILE.
int csys_too_many_files(void);

// ECANCELED.
int csys_cancelled(void);
