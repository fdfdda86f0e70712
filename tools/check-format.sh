#!/bin/bash
# usage: tools/check-format.sh [--fix]
# Checks the form of all Swift, C and shell sources that git knows: swift format and clang-format
# with the repository's settings, bash's syntax. Generated Swift (Sources/ONNX) is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t swift < <(git ls-files '*.swift' ':!Sources/ONNX/*.pb.swift')
mapfile -t c < <(git ls-files '*.c' '*.h')
mapfile -t shell < <(git ls-files '*.sh' '.ci/run')
if [ "${1:-}" = --fix ]; then
  swift format format -i "${swift[@]}"
  [ ${#c[@]} = 0 ] || clang-format -i "${c[@]}"
  exit
fi
status=0
swift format lint --strict "${swift[@]}" || status=1
[ ${#c[@]} = 0 ] || clang-format -n --Werror "${c[@]}" || status=1
for script in "${shell[@]}"; do bash -n "$script" || status=1; done
exit $status
