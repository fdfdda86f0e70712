#!/bin/bash
# usage: tools/arm-instructions.sh
# Guest instructions that the ARM kernels take for a multiply-accumulate, for the layers of VGG16 on
# 32x32 pictures (full width), 1x1 layers and depthwise ones, by instruction set, with everything
# that a call does: addresses, borders, requantisation. Counted by a QEMU plugin, the same in every
# run. They are instruction counts, not times: an instruction may take one cycle or four, memory is
# free, and processors issue one to four at once.
# Needs the Debian package qemu-user, whose QEMU takes plugins, and tools/make-sdk.sh's sysroots.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/make-sdk.sh .build-sdks > /dev/null
sdks=.build-sdks/sinf.artifactbundle
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
clang -O2 -shared -fPIC tools/arm-instructions/count.c -o "$work/count.so"

# layer ARCHITECTURE C-OPTION... : the guest program
layer() {
  local architecture=$1
  shift
  clang "$@" --sysroot="$sdks/sinf-$architecture/sysroot" -fuse-ld=lld -static -O2 \
    -ISources/CKernels -ISources/CKernels/include Sources/CKernels/{*,*/*}.c \
    tools/arm-instructions/layer.c \
    -o "$work/layer-$architecture"
}
layer aarch64 --target=aarch64-linux-gnu
layer armv7 --target=armv7-linux-gnueabihf -mfloat-abi=hard -mfpu=neon

# side, input channels, output channels, kernel, stride, kind
layers=(
  "32   3  64 3 1 conv"
  "32  64  64 3 1 conv"
  "16  64 128 3 1 conv"
  "16 128 128 3 1 conv"
  "32  16  16 3 1 conv"
  "16  24  24 3 1 conv"
  "16  48  48 3 1 conv"
  " 8 256 256 3 1 conv"
  " 4 512 512 3 1 conv"
  " 2 512 512 3 1 conv"
  " 1 512 100 1 1 linear"
  "16  64 256 1 1 conv"
  " 8 128 128 1 1 conv"
  " 4 256  40 1 1 conv"
  "32  32  32 3 1 depthwise"
  "16 128 128 3 2 depthwise"
  " 8  96  96 5 1 depthwise"
)

# count RUNNER-AND-LAYER... : macs and guest instructions of one call, by the difference of two runs
count() {
  local macs once twice
  macs=$("$@" 1 2> "$work/once")
  once=$(< "$work/once")
  "$@" 2 2> "$work/twice" > /dev/null
  twice=$(< "$work/twice")
  echo "$macs $((twice - once))"
}

# table ARCHITECTURE QEMU CPU
table() {
  local architecture=$1 qemu=$2 cpu=$3 shape isa isas macs instructions
  local program=("$qemu" -cpu "$cpu" "$work/layer-$architecture")
  mapfile -t isas < <("${program[@]}" tables)
  printf '\n%s, %s, guest instructions a multiply-accumulate (counts, not times)\n' \
    "$architecture" "$cpu"
  printf '%-32s' "side in out kernel stride"
  printf ' %9s' "${isas[@]}"
  printf '\n'
  for shape in "${layers[@]}"; do
    printf '%-32s' "$shape"
    for isa in "${isas[@]}"; do
      # shellcheck disable=SC2086
      read -r macs instructions < <(count "$qemu" -cpu "$cpu" -plugin "$work/count.so" \
        "$work/layer-$architecture" "$isa" $shape)
      awk -v m="$macs" -v n="$instructions" 'BEGIN { printf " %9.3f", n / m }'
    done
    printf '\n'
  done
}
table aarch64 qemu-aarch64 cortex-a53
table aarch64 qemu-aarch64 max
table armv7 qemu-arm cortex-a7
