#!/bin/bash
# usage: tools/build-device.sh [ARCHITECTURE...]      (aarch64, armv7, x86_64; default: all)
# Builds sinf as Embedded Swift, dynamic and static, into
#   .build-device/bin/sinf-ARCHITECTURE-dynamic   for boards with glibc 2.34 or newer
#   .build-device/bin/sinf-ARCHITECTURE           static and stripped, for any Linux
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- aarch64 armv7 x86_64
tools/make-sdk.sh .build-sdks > /dev/null
mkdir -p .build-device/bin
build() { # ARCHITECTURE LINKING OPTION...
  local architecture=$1 linking=$2 log=.build-device/$1-$2.log
  shift 2
  if ! swift build --swift-sdks-path .build-sdks --swift-sdk "sinf-$architecture" -c release \
    --product sinf --scratch-path ".build-device/$linking" "$@" > "$log" 2>&1; then
    cat "$log" >&2
    echo "build-device: sinf-$architecture ($linking) does not build" >&2
    return 1
  fi
}
for architecture; do
  case $architecture in
    aarch64) triple=aarch64-none-none-elf ;;
    armv7) triple=armv7-none-none-eabi ;;
    x86_64) triple=x86_64-unknown-linux-gnu ;;
    *) echo "build-device: unknown architecture $architecture" >&2; exit 2 ;;
  esac
  build "$architecture" dynamic
  build "$architecture" static --toolset tools/sdk/static.json
  cp ".build-device/dynamic/$triple/release/sinf" ".build-device/bin/sinf-$architecture-dynamic"
  cp ".build-device/static/$triple/release/sinf" ".build-device/bin/sinf-$architecture"
done
