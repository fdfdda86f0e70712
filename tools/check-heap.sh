#!/bin/bash
# usage: tools/check-heap.sh PROGRAM...
# Fails if a dynamically linked device build of sinf refers to the C heap. libjpeg and libpng are
# shared libraries there, so what is left undefined comes from our own Swift and C alone.
set -euo pipefail
nm=$(dirname "$(realpath "$(command -v swift)")")/llvm-nm
status=0
for program; do
  symbols=$("$nm" -D --undefined-only "$program")
  if ! grep -q ' U ' <<< "$symbols"; then
    echo "check-heap: $program has no undefined symbol: not a dynamic build" >&2
    status=1
  elif grep -E ' U (posix_memalign|aligned_alloc|malloc|calloc|realloc|free)(@|$)' <<< "$symbols"; then
    echo "check-heap: $program uses the heap (above)" >&2
    status=1
  fi
done
exit $status
