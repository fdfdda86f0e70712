#!/bin/bash
# usage: tools/demo.sh [sinf classify options...]
# Builds sinf and labels the sample pictures with the sample model. Installs what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/packages.sh
model=$(find samples -maxdepth 2 -name '*.sinf' 2> /dev/null | sort | head -n 1) || true
if [ -z "$model" ] || [ ! -d samples/pictures ]; then
  echo "demo: samples/*.sinf and samples/pictures are not in this copy of the repository" >&2
  exit 1
fi
log=.build-demo.log
if ! swift build -c release --product sinf > $log 2>&1; then
  cat $log >&2
  exit 1
fi
set -- classify --details --model "$model" --memory 1M "$@" samples/pictures
printf '$ sinf'
printf ' %q' "$@"
echo
exec .build/release/sinf "$@"
