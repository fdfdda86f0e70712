#!/bin/bash
# usage: tools/demo.sh [sinf classify options...]
# Builds sinf, labels the sample pictures with the sample model, and times it beside its own base
# network. Installs what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/packages.sh
model=samples/cifar100.sinf
whole=samples/whole-cifar100.sinf
if [ ! -e $model ] || [ ! -d samples/pictures ]; then
  echo "demo: $model and samples/pictures are not in this copy of the repository" >&2
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
.build/release/sinf "$@"
[ -e $whole ] || exit 0

# The network alone, on one core; the pictures' decoding is the same for both.
mean() { # MODEL : nanoseconds an image
  .build/release/sinf bench --model "$1" --seconds 2 --format json samples/pictures | tr -d '\n' |
    sed -E 's/.*"times_ns":.*"network":\{[^}]*"mean":([0-9]+).*/\1/'
}
before=$(mean $whole)
after=$(mean $model)
awk -v before="$before" -v after="$after" 'BEGIN {
  printf "\nms an image   %.3f   the whole network in 8 bits ('$whole')\n", before / 1e6
  printf "              %.3f   the same network routed ('$model'): %.1f times as fast\n",
    after / 1e6, before / after }'
