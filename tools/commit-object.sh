#!/bin/bash
# usage: tools/commit-object.sh OBJECT COMMIT CLANG-OPTION...
# Compiles an object that gives a program its commit, in the place of Sources/CSystem's "unreleased".
set -euo pipefail
cd "$(dirname "$0")/.."
object=$1 commit=$2
shift 2
if [[ ! $commit =~ ^[0-9a-f]{7,40}(\+changes)?$ ]]; then
  echo "commit-object: '$commit' is no commit" >&2
  exit 2
fi
clang=$(dirname "$(realpath "$(command -v swift)")")/clang
printf '#include "csys_commit.h"\nconst char *csys_commit(void) { return "%s"; }\n' "$commit" |
  "$clang" "$@" -O2 -ffunction-sections -ISources/CSystem/include -x c -c - -o "$object"
