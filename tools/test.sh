#!/bin/bash
# usage: tools/test.sh [--quick]
# Everything that is tested, from a fresh Debian 12 with the Swift toolchain on: installs what is
# missing, checks formats, runs the tests on the host, builds both programs and all device builds,
# runs those (ARM under QEMU) and compares their output with the host's. --quick leaves the device
# builds out. Safe to run again; what is built already is not built again.
# Ends with "N passed, N failed"; the status is 0 when nothing failed.
set -uo pipefail
cd "$(dirname "$0")/.."
quick=${1:-}
logs=.build-test
mkdir -p $logs
passed=0
failed=0

# step NAME COMMAND... : one test; what it wrote is shown when it failed
step() {
  local name=$1 log started=$SECONDS
  shift
  log=$logs/${name//[^a-zA-Z0-9]/-}.log
  if "$@" > "$log" 2>&1; then
    passed=$((passed + 1))
    echo "ok    $name ($((SECONDS - started)) s)"
  else
    failed=$((failed + 1))
    echo "FAIL  $name ($((SECONDS - started)) s)"
    sed 's/^/      /' "$log"
    return 1
  fi
}

# suite NAME swift-test-arguments... : a run of swift test; every test in it counts
suite() {
  local name=$1 log started=$SECONDS total bad
  shift
  log=$logs/${name//[^a-zA-Z0-9]/-}.log
  swift test "$@" > "$log" 2>&1
  local status=$?
  total=$(sed -n 's/.*Test run with \([0-9]*\) tests.*/\1/p' "$log" | tail -n 1)
  bad=$(grep -E 'Test .* failed after ' "$log" | grep -cv 'Test run with')
  if [ $status != 0 ] || [ -z "$total" ]; then
    [ -n "$total" ] && [ "$bad" -gt 0 ] || { total=${total:-1} bad=1; }
    grep -E 'error:|recorded an issue|failed after|Fatal|crash' "$log" | head -n 60
    echo "FAIL  $name ($((SECONDS - started)) s); the whole log is $log"
  else
    bad=0
    echo "ok    $name ($((SECONDS - started)) s)"
  fi
  grep -E 'Test run with|Executed [1-9][0-9]* tests' "$log"
  passed=$((passed + total - bad))
  failed=$((failed + bad))
}

# cases NAME COMMAND... : a program that ends with "N passed, N failed"; every case of it counts
cases() {
  local name=$1 log started=$SECONDS counts status=0
  shift
  log=$logs/${name//[^a-zA-Z0-9]/-}.log
  "$@" > "$log" 2>&1 || status=$?
  counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' "$log" | tail -n 1)
  counts=${counts:-0 1}
  # Counts without a failure do not excuse a program that failed.
  [ $status = 0 ] || [ "${counts#* }" -gt 0 ] || counts="${counts% *} 1"
  if [ "${counts#* }" = 0 ]; then
    echo "ok    $name ($((SECONDS - started)) s)"
  else
    echo "FAIL  $name ($((SECONDS - started)) s), status $status"
    grep -v '^ok ' "$log" | sed 's/^/      /'
  fi
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
}

end() {
  echo "$passed passed, $failed failed"
  [ $failed = 0 ]
  exit
}

tools/packages.sh || { failed=$((failed + 1)); end; }
step "formats" tools/check-format.sh
suite "tests on the host"
step "release build of sinf" swift build -c release --product sinf
# Otherwise it is built for its package, below.
[ "$quick" != --quick ] || step "release build of sinfc" swift build -c release --product sinfc

step "fuzzing, a little" tools/fuzz.sh --executions 5000
step "pixels against Pillow" tools/check-pixels.sh
step "pixels on every machine" tools/check-pixels-everywhere.sh
step "boards" tools/check-boards.py .build/release/sinf
step "documentation site" tools/build-site.sh
step "no heap after start" tools/heap-gate.sh Tests/SINFModelTests/Golden/tiny-v1.sinf \
  .build/release/sinf

cases "watching a folder" tools/check-watch.sh --quick
cases "decoders that crash, hang, overrun and lie" tools/check-decoder.sh

if [ "$quick" != --quick ]; then
  # The sample model and pictures; where a copy goes without them, the tests' own.
  model=$(find samples -maxdepth 2 -name '*.sinf' 2> /dev/null | sort | head -n 1)
  inputs=(Tests/Pictures)
  [ ! -d samples/pictures ] || inputs+=(samples/pictures)
  step "kernels of all instruction sets" tools/check-kernels.sh
  built=true
  for architecture in x86_64 aarch64 armv7; do
    step "device builds for $architecture" tools/build-device.sh $architecture || built=false
  done
  if $built; then
    bin=$PWD/.build-device/bin
    step "the C library" tools/build-library.sh
    cases "the C library as programs see it" tools/check-library.sh "$bin/sinf-x86_64"
    step "no heap in the device builds" tools/check-heap.sh "$bin"/sinf-*-dynamic
    step "no heap after start in the device builds" tools/heap-gate.sh \
      Tests/SINFModelTests/Golden/tiny-v1.sinf .build-device/bin/sinf-x86_64{-dynamic,}
    step "boards, aarch64" tools/check-boards.py --architecture aarch64 \
      qemu-aarch64-static -cpu cortex-a53 "$bin/sinf-aarch64"
    step "boards, armv7" tools/check-boards.py --architecture armv7 \
      qemu-arm-static -cpu cortex-a8 "$bin/sinf-armv7"
    for m in Tests/SINFModelTests/Golden/*.sinf ${model:+"$model"}; do
      step "same output everywhere: $(basename "$m")" tools/same-output.sh "$m" "${inputs[@]}"
    done
    export SINF_PROGRAM
    SINF_PROGRAM=$bin/sinf-x86_64 suite "program tests, Embedded x86_64" \
      --skip-build --filter sinfTests
    SINF_PROGRAM="qemu-aarch64-static -cpu cortex-a53 $bin/sinf-aarch64" \
      suite "program tests, aarch64" --skip-build --filter sinfTests
    SINF_PROGRAM="qemu-arm-static -cpu cortex-a7 $bin/sinf-armv7" \
      suite "program tests, armv7" --skip-build --filter sinfTests
    step "packages" tools/package.sh amd64
    cases "packages in a clean Debian" tools/check-packages.sh amd64
    cases "Buildroot and Yocto" tools/check-integration.sh build/packages/sinf-[0-9]*-amd64.tar.xz
    step "the Python wheel" tools/check-wheel.sh build/packages/sinf-*.whl
    cases "watching a folder, Embedded x86_64" tools/check-watch.sh --program "$bin/sinf-x86_64"
    cases "watching a folder, aarch64" tools/check-watch.sh --quick \
      --program "qemu-aarch64-static -cpu cortex-a53 $bin/sinf-aarch64"
  fi
fi
end
