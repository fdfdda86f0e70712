#!/bin/bash
# usage: tools/check-pixels-everywhere.sh [MUTATIONS]    (default: 12 of each of 240 pictures)
# The same verdict, offset and pixels on every machine: decodes pictures of every way of coding, whole
# and damaged, on this machine, here without libjpeg-turbo's SIMD code, and on aarch64 and armv7 under
# QEMU, and compares.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/make-sdk.sh .build-sdks > /dev/null
sdks=.build-sdks/sinf.artifactbundle
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools=$(dirname "$(realpath "$(command -v swift)")")
mapfile -t sources < <(find Sources/CImage -name '*.c' | sort)

build() { # NAME OPTION...
  local name=$1
  shift
  "$tools/clang" -O2 -Wall -Wextra -Werror "$@" -ISources/CImage -ISources/CImage/include \
    "${sources[@]}" Tests/Support/digest-pictures/main.c -ljpeg -lpng16 -lz -lm -o "$work/$name"
}
build x86_64
build aarch64 --target=aarch64-linux-gnu --sysroot="$sdks/sinf-aarch64/sysroot" -fuse-ld=lld -static
build armv7 --target=armv7-linux-gnueabihf -mfloat-abi=hard -mfpu=neon \
  --sysroot="$sdks/sinf-armv7/sysroot" -fuse-ld=lld -static
"$tools/clang" -O2 -ITests/CImageTestSupport/include Tests/Support/make-pictures/make_pictures.c \
  Tests/CImageTestSupport/*.c -ljpeg -lpng16 -o "$work/make-pictures"
mkdir "$work/jpeg" "$work/png"
"$work/make-pictures" "$work/jpeg" jpeg 160 90
"$work/make-pictures" "$work/png" png 80 60

digest() { # NAME COMMAND...
  local name=$1
  shift
  (cd "$work" && "$@" "${mutations:-12}" jpeg/* png/* > "$name.txt")
}
mutations=${1:-12}
digest x86_64 ./x86_64
digest scalar env JSIMD_FORCENONE=1 ./x86_64
digest aarch64 qemu-aarch64-static -cpu cortex-a53 ./aarch64
digest armv7 qemu-arm-static -cpu cortex-a7 ./armv7
status=0
for name in scalar aarch64 armv7; do
  if ! cmp -s "$work/x86_64.txt" "$work/$name.txt"; then
    status=1
    echo "check-pixels-everywhere: $name differs from x86_64:"
    diff "$work/x86_64.txt" "$work/$name.txt" | head -10 || true
  fi
done
lines=$(wc -l < "$work/x86_64.txt")
echo "$((lines / 3)) pictures ($(grep -cE ': [0-9a-f]{8} ' "$work/x86_64.txt") of $lines inputs made)," \
  "x86_64, scalar, aarch64 and armv7: $([ $status = 0 ] && echo alike || echo different)"
exit $status
