#pragma once

// The commit that the program was made from, "unreleased" unless tools/package.sh made it: that
// links a definition of its own (tools/commit-object.sh) over this one, so that programs of two
// commits with the same sources are the same but for this text. Lives as long as the process.
const char *_Nonnull csys_commit(void);
