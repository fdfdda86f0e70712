#pragma once

// The program's arguments as the kernel passed them; Embedded Swift has no CommandLine. Argument 0
// is the program. Bytes, not necessarily UTF-8. They live as long as the process.
// NULL past the end.
const char *_Nullable csys_argument(int index);

// The environment variable's value, or NULL when it is not set.
const char *_Nullable csys_environment(const char *_Nonnull name);
