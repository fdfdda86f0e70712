#!/bin/bash
# usage: tools/check-kernels.sh [ROUNDS]      (default: 300; ten random operations each)
# Builds Tests/KernelCheck for x86_64, aarch64 and armv7 and runs it here and, for ARM, under QEMU on
# processors with different instruction sets: every table of kernels against the reference, byte by
# byte. The reference's own answers must be the same on all of them.
# Ends with "N passed, N failed"; the status is 0 when nothing failed.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-300}
tools/make-sdk.sh .build-sdks > /dev/null
sdks=.build-sdks/sinf.artifactbundle
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
digests=()

# check NAME COMMAND... : one run; adds up its cases, a run that breaks off is one more failure
check() {
  local name=$1 output status=0 counts
  shift
  echo "$name:"
  output=$("$@" "$rounds" 2>&1) || status=$?
  sed 's/^/  /' <<< "$output"
  digests+=("$(sed -n 's/^digest *//p' <<< "$output")")
  if counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' <<< "$output"); then
    read -r p _ f _ <<< "$counts"
    passed=$((passed + p))
    failed=$((failed + f))
  else
    echo "  broken off with status $status"
    failed=$((failed + 1))
  fi
}

# build ARCHITECTURE C-OPTION... : with the device builds' options
build() {
  local architecture=$1
  shift
  clang "$@" --sysroot="$sdks/sinf-$architecture/sysroot" -fuse-ld=lld -static -O2 -Wall -Wextra \
    -ISources/CKernels -ISources/CKernels/include Sources/CKernels/{*,*/*}.c Tests/KernelCheck/*.c \
    -o "$work/kernel-check-$architecture"
}
build x86_64 --target=x86_64-unknown-linux-gnu
build aarch64 --target=aarch64-unknown-linux-gnu
build armv7 --target=armv7-unknown-linux-gnueabihf -mfloat-abi=hard -mfpu=neon

check "x86_64, this processor" "$work/kernel-check-x86_64"
for cpu in cortex-a53 cortex-a76 max; do
  check "aarch64, $cpu" qemu-aarch64-static -cpu $cpu "$work/kernel-check-aarch64"
done
for cpu in cortex-a8 cortex-a7; do
  check "armv7, $cpu" qemu-arm-static -cpu $cpu "$work/kernel-check-armv7"
done
if [ "$(printf '%s\n' "${digests[@]}" | sort -u | wc -l)" = 1 ]; then
  passed=$((passed + 1))
else
  echo "the reference's answers differ between these machines"
  failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
