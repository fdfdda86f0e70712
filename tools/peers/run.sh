#!/bin/bash
# usage: tools/peers/run.sh [--quick]
# Compares sinf with other engines and writes docs/performance.md. Everything that others wrote is
# installed into .build-peers. --quick: one network, few rounds.
set -euo pipefail
cd "$(dirname "$0")/../.."
# No package may install others outside these environments.
export PIP_REQUIRE_VIRTUALENV=1 PIP_DISABLE_PIP_VERSION_CHECK=1
folder=$PWD/.build-peers
networks=(vgg16-w050 vgg16 resnet50 mobilenetv2 efficientnet-lite0)
rounds=15
if [ "${1:-}" = --quick ]; then
  networks=(vgg16-w050)
  rounds=3
fi

environment() { # FOLDER REQUIREMENTS
  cmp -s "$2" "$folder/$1/requirements.txt" && return
  python3 -m venv "$folder/$1"
  "$folder/$1/bin/pip" install --quiet -r "$2"
  cp "$2" "$folder/$1/requirements.txt"
}
mkdir -p "$folder/ours"
environment engines tools/peers/requirements-engines.txt
environment convert tools/training/requirements.txt
environment litert tools/peers/requirements-litert.txt
tools/peers/networks.sh "$folder"
# Ours is what a board gets: the static program.
tools/build-device.sh x86_64
sinf=.build-device/bin/sinf-x86_64
swift build -c release --product sinfc
programs=$(swift build -c release --show-bin-path)

# Where the project's shared data lies beside the repository: a trained network, and what routing it
# saves on pictures that it never saw.
trained=vgg16-w050-cifar100
data=../shared/data/cifar-100-binary.tar.gz
if [ -e "../shared/models/$trained.onnx" ] && [ -e "$data" ]; then
  cp "../shared/models/$trained.onnx" "$folder/onnx/"
  [ -d "$folder/pictures-routed" ] || "$folder/engines/bin/python" \
    tools/peers/cifar_pictures.py "$data" "$folder/pictures-routed" 200
  for kind in "" -routed; do
    options=(--plain)
    [ -z "$kind" ] || options=(--clusters 4 --cost-share 0.5)
    [ -e "$folder/ours/$trained$kind.sinf" ] || "$programs/sinfc" compile \
      "$folder/onnx/$trained.onnx" --data "$data" --normalization cifar100 "${options[@]}" \
      --output "$folder/ours/$trained$kind.sinf"
  done
  networks=("$trained" "${networks[@]}")
fi

arguments=()
for network in "${networks[@]}"; do
  arguments+=(--network "$network")
  size=32 normalization=cifar100
  case $network in mobilenetv2 | efficientnet-lite0) size=224 normalization=imagenet ;; esac
  [ -e "$folder/models/$network/int8.bin" ] || "$folder/engines/bin/python" \
    tools/peers/convert.py --folder "$folder" --network "$network"
  [ -e "$folder/models/$network/int8.options" ] || "$folder/engines/bin/python" \
    tools/peers/ncnn_options.py --folder "$folder" --network "$network"
  # LiteRT's packages want other versions than the engines' and write pages of progress.
  [ -e "$folder/models/$network/int8.tflite" ] || "$folder/litert/bin/python" \
    tools/peers/convert_litert.py --folder "$folder" --network "$network" \
    > "$folder/litert.log" 2>&1 || tail -1 "$folder/litert.log" | sed 's/^/LiteRT left out: /' >&2
  [ -e "$folder/ours/$network.sinf" ] || "$programs/sinfc" compile --force "$folder/onnx/$network.onnx" --data "$folder/pictures-$size/data" \
    --normalization $normalization --plain --output "$folder/ours/$network.sinf"
done
"$folder/engines/bin/python" tools/peers/bench.py --folder "$folder" --sinf "$sinf" \
  --rounds $rounds "${arguments[@]}" > "$folder/results.json"
"$folder/engines/bin/python" tools/peers/report.py "$folder/results.json" \
  "$(git rev-parse --short HEAD)" "$sinf"

clang -O2 -shared -fPIC tools/peers/heapcount.c -o "$folder/libheapcount.so"
{
  printf '## Heap calls an inference\n\nOne thread; bindings and loops of Python included.\n'
  for network in "${networks[@]}"; do
    printf '\n%s:\n\n' "$network"
    "$folder/engines/bin/python" tools/peers/heap.py --folder "$folder" --sinf "$sinf-dynamic" \
      --network "$network" | sed 's/^/- /'
  done
} >> docs/performance.md

{
  printf '\n## ARM, by count\n\n'
  echo "No board was at hand: guest instructions of one inference under QEMU, ours with decoding. These"
  echo "are instruction counts, not times. QEMU's \`max\` has vectors of 2048 bits, which no processor"
  printf 'has and which ONNX Runtime uses.\n\n'
  tools/peers/arm/instructions.sh "${networks[0]}"
} >> docs/performance.md
