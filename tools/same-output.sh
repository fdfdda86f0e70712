#!/bin/bash
# usage: tools/same-output.sh MODEL INPUT...
# Runs the host's release build and every device build of sinf (ARM ones under QEMU, on several
# processors) with the same model and inputs, and compares what they write, byte by byte: results in
# all formats, errors, exit statuses. A line "ok ..." or "DIFFERS ..." for each.
set -euo pipefail
cd "$(dirname "$0")/.."
model=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'not a picture' > "$work/broken.jpg"
head -c 700 "$model" > "$work/cut.sinf"

# everything FOLDER COMMAND... : all that can be compared, one file each
everything() {
  local to=$1
  shift
  mkdir -p "$to"
  local name format
  record() { # NAME COMMAND...
    name=$1
    shift
    local status=0
    "$@" > "$to/$name.output" 2> "$to/$name.errors" || status=$?
    echo "$status" > "$to/$name.status"
  }
  for format in text json csv; do
    record "classify-$format" "$@" classify --model "$model" --top 5 --no-times \
      --format $format --recursive "${inputs[@]}" "$work/broken.jpg" "$work/none.png"
  done
  record whole "$@" classify --model "$model" --route whole --no-times --format json "${inputs[@]}"
  record threads "$@" classify --model "$model" --threads 3 --no-times --format json "${inputs[@]}"
  record bench "$@" bench --model "$model" --iterations 1 --warmup 0 --format json "${inputs[@]}"
  # Times and machines differ; the answers must not.
  sed -i -n '/^"digest"/p' "$to/bench.output"
  record inspect "$@" inspect --plan --layers "$model"
  record inspect-json "$@" inspect --plan --layers --format json "$model"
  record cut "$@" inspect "$work/cut.sinf"
  record memory "$@" classify --model "$model" --memory 4K x.png
  # What tables and decoder need depends on the size of pointers: compare all but the numbers.
  sed -i 's/[0-9][0-9]*/N/g' "$to/memory.errors"
  record usage "$@" classify --modle "$model"
  record help "$@" --help
}
inputs=("$@")
everything "$work/host" .build/release/sinf
if ! grep -q '"status":"classified"' "$work/host/classify-json.output"; then
  echo "DIFFERS host: no picture was classified"
  exit 1
fi

differences=0
compare() { # NAME COMMAND...
  local name=$1 differing
  shift
  everything "$work/device" "$@"
  if differing=$(diff -rq "$work/host" "$work/device" 2>&1); then
    echo "ok $name: $(grep -c classified "$work/device/classify-json.output") lines of results alike"
  else
    echo "DIFFERS $name"
    echo "$differing" | sed "s|$work/||g; s/^/  /"
    diff -r "$work/host" "$work/device" | head -20 || true
    differences=$((differences + 1))
  fi
  rm -rf "$work/device"
}
for linking in "" -dynamic; do
  program=.build-device/bin/sinf
  root=.build-sdks/sinf.artifactbundle
  compare "x86_64$linking" "$program-x86_64$linking"
  for cpu in cortex-a53 cortex-a76; do
    compare "aarch64$linking $cpu" \
      qemu-aarch64-static -cpu $cpu -L $root/sinf-aarch64/sysroot "$program-aarch64$linking"
  done
  compare "armv7$linking cortex-a7" \
    qemu-arm-static -cpu cortex-a7 -L $root/sinf-armv7/sysroot "$program-armv7$linking"
done
[ $differences = 0 ]
