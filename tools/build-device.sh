#!/bin/bash
# usage: tools/build-device.sh [ARCHITECTURE...]      (aarch64, armv7, x86_64; default: all)
# Builds sinf as Embedded Swift, dynamic and static, into
#   .build-device/bin/sinf-ARCHITECTURE-dynamic   for boards with glibc 2.34 or newer
#   .build-device/bin/sinf-ARCHITECTURE           static and stripped, for any Linux
# With SINF_COMMIT in the environment the static ones say that commit (tools/package.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- aarch64 armv7 x86_64
tools/make-sdk.sh .build-sdks > /dev/null
mkdir -p .build-device/bin
sdks=.build-sdks/sinf.artifactbundle
tools=$(dirname "$(realpath "$(command -v swift)")")

# build ARCHITECTURE SWIFT-TRIPLE CLANG-OPTION... : compiled once, linked twice
build() {
  local architecture=$1 objects=.build-device/$2/release log=.build-device/$1.log
  local program=.build-device/bin/sinf-$architecture
  shift 2
  if ! swift build --swift-sdks-path .build-sdks --swift-sdk "sinf-$architecture" -c release \
    --product sinf --scratch-path .build-device > "$log" 2>&1; then
    cat "$log" >&2
    echo "build-device: sinf-$architecture does not build" >&2
    return 1
  fi
  cp "$objects/sinf" "$program-dynamic"
  local commit=()
  if [ -n "${SINF_COMMIT:-}" ]; then
    commit=("$objects/commit.o")
    tools/commit-object.sh "${commit[0]}" "$SINF_COMMIT" "$@"
  fi
  # The package manager gives an executable's entry point the name of its module.
  "$tools/clang" "$@" --sysroot="$sdks/sinf-$architecture/sysroot" -fuse-ld=lld -static -s \
    -Wl,--gc-sections -Wl,--defsym,main=sinf_main "${commit[@]}" \
    "@$objects/sinf.product/Objects.LinkFileList" \
    -ljpeg -lpng16 -lz -lsodium -lm -o "$program"
  # What Swift hashed of each module, its folder's name with it: nobody reads it, and without it one
  # commit is one program.
  "$tools/llvm-objcopy" --remove-section=.swift_modhash "$program"
}
for architecture; do
  case $architecture in
    aarch64) build aarch64 aarch64-none-none-elf --target=aarch64-unknown-linux-gnu ;;
    armv7)
      build armv7 armv7-none-none-eabi --target=armv7-unknown-linux-gnueabihf \
        -mfloat-abi=hard -mfpu=neon
      ;;
    x86_64) build x86_64 x86_64-unknown-linux-gnu --target=x86_64-unknown-linux-gnu ;;
    *) echo "build-device: unknown architecture $architecture" >&2; exit 2 ;;
  esac
done
