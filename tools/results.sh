#!/bin/bash
# usage: tools/results.sh NETWORK.onnx DATA [sinfc study options...]
# Measures a network and writes docs/results.md: the trade-off table and the comparison of filter
# scores, with seed, split and commit. Takes about 40 minutes on two cores for a network of 80 M MAC.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ $# -lt 2 ]; then
  sed -n '2s/^# //p' "$0" >&2
  exit 2
fi
commit=$(git rev-parse --short=12 HEAD 2> /dev/null || echo "not in a repository")
swift build -c release --product sinfc
part=$(mktemp)
trap 'rm -f "$part"' EXIT
.build/release/sinfc study "$@" --commit "$commit" --output "$part"
{
  echo "# Results"
  echo
  cat "$part"
} > docs/results.md
echo "wrote docs/results.md"
