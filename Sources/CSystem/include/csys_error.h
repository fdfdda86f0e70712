#pragma once

// What an errno value means, in English whatever the locale; never NULL, never allocated.
const char *_Nonnull csys_error_text(int error);

// ENAMETOOLONG.
int csys_path_too_long(void);
