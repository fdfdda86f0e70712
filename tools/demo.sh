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

# Medians of the network alone, one core; the pictures' decoding is the same for both.
times=$(mktemp)
trap 'rm -f "$times"' EXIT
.build/release/sinf bench --model $whole --seconds 2 --format json samples/pictures > "$times"
.build/release/sinf bench --model $model --seconds 2 --compare "$times" samples/pictures |
  awk '/^compared/ { found = 1 } found && $1 == "network" {
    printf "\nms an image   %s   the whole network in 8 bits ('$whole')\n", $2
    printf "              %s   the same network routed ('$model'): %.1f times as fast\n",
      $3, $2 / $3 }'
