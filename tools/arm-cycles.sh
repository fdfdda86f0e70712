#!/bin/bash
# usage: tools/arm-cycles.sh
# Cycles that the inner loops of the ARM kernels take by LLVM's models of processors (llvm-mca): of
# each kernel the innermost loop that multiplies most, its multiply-accumulates, instructions, bytes
# loaded and stored and accesses to the stack an iteration; for each processor cycles an iteration,
# multiply-accumulates a cycle, and the bound, which is what the loop's multiplying and summing
# instructions alone would take. Branches inside a loop are read as not taken.
# They are models: caches always hit, Debian 12's LLVM takes a Cortex-A76 for an A57, and none of
# its models is an ARMv7 processor's that issues in order. docs/kernels-arm.md says what to make of
# it.
# Needs the Debian package llvm, and tools/make-sdk.sh's sysroots.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/make-sdk.sh .build-sdks > /dev/null
sdks=.build-sdks/sinf.artifactbundle
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# loops ARCHITECTURE CPUS KERNELS C-OPTION... : with the device builds' options
loops() {
  local architecture=$1 cpus=$2 kernel assembly=()
  local -a kernels
  read -ra kernels <<< "$3"
  shift 3
  for kernel in "${kernels[@]}"; do
    clang "$@" --sysroot="$sdks/sinf-$architecture/sysroot" -O2 -S -ISources/CKernels \
      -ISources/CKernels/include "Sources/CKernels/arm/$kernel.c" -o "$work/$kernel.s"
    assembly+=("$kernel=$work/$kernel.s")
  done
  printf '\n%s, by model, an iteration of the inner loop\n' "$architecture"
  python3 tools/arm-cycles/loops.py "$architecture" "$cpus" "${assembly[@]}"
}
a64=--target=aarch64-linux-gnu
loops aarch64 cortex-a53,cortex-a55,cortex-a72,cortex-a76 \
  "u8i8_conv_2x16_neon u8i8_conv_winograd_neon u8i8_depthwise_neon" "$a64"
printf '\nu8i8_conv_winograd_neon beside u8i8_conv_2x16_neon, by model\n'
python3 tools/arm-cycles/winograd.py "$work/u8i8_conv_winograd_neon.s"
loops aarch64 cortex-a55,cortex-a76 u8i8_conv_6x16_dotprod "$a64"
loops aarch64 cortex-a510,cortex-a710 u8i8_conv_8x8_i8mm "$a64"
loops armv7 cortex-a7,cortex-a8,cortex-a9 "u8i8_conv_2x8_neon u8i8_conv_winograd_neon u8i8_depthwise_neon" \
  --target=armv7-linux-gnueabihf -mfloat-abi=hard -mfpu=neon
