#!/bin/bash
# usage: tools/peers/arm/instructions.sh [NETWORK...]      (default: vgg16-w050)
# Guest instructions of one inference on ARM under QEMU, ours beside ONNX Runtime's, one thread: an
# instruction count, not a time. Twice as many inferences less as many, so that start-up cancels out;
# ours contain the decoding of a 32x32 PNG or 224x224 PNG. Needs what tools/peers/run.sh has made in
# .build-peers, and the package qemu-user.
set -euo pipefail
cd "$(dirname "$0")/../../.."
[ $# -gt 0 ] || set -- vgg16-w050
folder=$PWD/.build-peers
root=$folder/arm/root
tools/peers/arm/root.sh "$folder/arm"
tools/build-device.sh aarch64
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
clang -O2 -shared -fPIC tools/arm-instructions/count.c -o "$work/count.so"

# count CPU COMMAND... : guest instructions of a run
count() {
  local cpu=$1
  shift
  qemu-aarch64 -cpu "$cpu" -plugin "$work/count.so" -L "$root" \
    -E PYTHONPATH="$folder/arm/packages" "$@" 2> "$work/count" > /dev/null
  grep -oE '[0-9]+' "$work/count" | tail -n 1
}

# row LABEL CPU ONE TWO, where ONE and TWO name arrays: a run of K inferences, one of 2K
row() {
  local label=$1 cpu=$2 inferences=$3
  local -n few=$4 many=$5
  local once twice
  once=$(count "$cpu" "${few[@]}")
  twice=$(count "$cpu" "${many[@]}")
  awk -v label="$label" -v cpu="$cpu" -v n=$(((twice - once) / inferences)) \
    'BEGIN { printf "| %s | %s | %.2f |\n", label, cpu, n / 1e6 }'
}

for network; do
  size=32
  case $network in mobilenetv2 | efficientnet-lite0) size=224 ;; esac
  picture=$(find "$folder/pictures-$size/pictures" -name '*.png' | sort | head -n 1)
  printf '%s:\n\n| engine | processor under QEMU | 10^6 instructions an inference |\n' "$network"
  echo '|---|---|---:|'
  for cpu in cortex-a53 cortex-a76 max; do
    ours=(.build-device/bin/sinf-aarch64 classify --model "$folder/ours/$network.sinf"
      --route whole --memory 64M)
    # One picture more is one inference more.
    one=("${ours[@]}" "$picture")
    two=("${ours[@]}" "$picture" "$picture")
    row "sinf int8" "$cpu" 1 one two
    for model in u8s8 s8s8 float; do
      python=("$root/usr/bin/python3.11" -S tools/peers/arm/run_onnx.py
        "$folder/models/$network/$model.onnx")
      one=("${python[@]}" 2)
      two=("${python[@]}" 4)
      row "ONNX Runtime $model" "$cpu" 2 one two
    done
  done
  echo
done
