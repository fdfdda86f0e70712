#!/bin/bash
# usage: tools/demo.sh [sinf classify options...]
# Labels the sample pictures with the sample model, and times it beside its own base network: with a
# sinf built here, for which it installs what is missing, or, without Swift, with the installed one.
set -euo pipefail
cd "$(dirname "$0")/.."
model=samples/cifar100.sinf
whole=samples/whole-cifar100.sinf
if [ ! -e $model ] || [ ! -d samples/pictures ]; then
  echo "demo: $model and samples/pictures are not in this copy of the repository" >&2
  exit 1
fi

# What to do on a machine that can't build.
say_how_to_get_it() {
  local architecture made
  architecture=$(dpkg --print-architecture 2> /dev/null || uname -m)
  case $architecture in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
    armv7l) architecture=armhf ;;
  esac
  made=$(ls "build/packages/sinf_"*"_$architecture.deb" 2> /dev/null | tail -n 1) || true
  echo "demo: neither 'swift', to build sinf, nor an installed 'sinf' is on the PATH. The package needs"
  echo "no Swift:"
  echo
  if [ -z "$made" ]; then
    echo "  tools/package.sh $architecture     # on a machine with Swift 6.3.1: makes build/packages/sinf_*_$architecture.deb"
    echo "  # copy that file here, then"
    made=./sinf_*_$architecture.deb
  fi
  echo "  sudo apt install ${made/#build/./build}"
  echo "  sinf classify --details --model $model samples/pictures"
  echo
  echo "Or install the Swift 6.3.1 toolchain for Debian 12, and run tools/demo.sh again."
}

if command -v swift > /dev/null; then
  tools/packages.sh demo
  log=.build-demo.log
  # The device's half of the package alone: nothing of it comes from elsewhere.
  if ! SINF_DEVICE=1 swift build -c release --product sinf > $log 2>&1; then
    cat $log >&2
    exit 1
  fi
  sinf=.build/release/sinf
elif command -v sinf > /dev/null; then
  sinf=sinf
else
  say_how_to_get_it >&2
  exit 1
fi
set -- classify --details --model "$model" --memory 1M "$@" samples/pictures
printf '$ sinf'
printf ' %q' "$@"
echo
$sinf "$@"
[ -e $whole ] || exit 0

# The network alone, on one core; the pictures' decoding is the same for both.
mean() { # MODEL : nanoseconds an image
  $sinf bench --model "$1" --seconds 2 --format json samples/pictures | tr -d '\n' |
    sed -E 's/.*"times_ns":.*"network":\{[^}]*"mean":([0-9]+).*/\1/'
}
before=$(mean $whole)
after=$(mean $model)
awk -v before="$before" -v after="$after" 'BEGIN {
  printf "\nms an image   %.3f   the whole network in 8 bits ('$whole')\n", before / 1e6
  printf "              %.3f   the same network routed ('$model'): %.1f times as fast\n",
    after / 1e6, before / after }'
