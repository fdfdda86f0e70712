#!/bin/sh
# usage: tools/check-networks.sh [--int8] [--exporter tracing|dynamo] [--table FILE] [NAME ...]
# Exports the networks of torchvision and timm that tools/check-networks/networks.py lists, by both
# exporters of torch, and says of each whether it is imported and whether its scores are torch's.
# Weights are random, their normalisations calibrated. A NAME is a part of a network's; without any
# all are taken. Two cores need a quarter of an hour; Python packages of 6 GB (those of
# tools/requirements-networks.txt) go into .venv-networks/ and 7 GB of exported files into
# build/networks/, which a second run uses again. --int8 compiles each as well, in a minute or two
# a file, and says how often 8-bit integers choose the float network's class, beside what ONNX
# Runtime's quantiser reaches. Status 1 where scores differ; a network that is refused is no
# failure, but a line of the table.
set -eu
cd "$(dirname "$0")/.."

int8=no
if [ "${1:-}" = --int8 ]; then
  int8=yes
  shift
fi
if ! cmp -s tools/requirements-networks.txt .venv-networks/requirements.txt; then
  python3 -m venv .venv-networks
  .venv-networks/bin/pip install --quiet --disable-pip-version-check \
    -r tools/requirements-networks.txt
  cp tools/requirements-networks.txt .venv-networks/requirements.txt
fi
swift build -c release --product run-onnx
programs="$(swift build -c release --show-bin-path)"
if [ $int8 = yes ]; then
  swift build -c release --product sinfc
  set -- --compiler "$programs/sinfc" "$@"
fi
exec .venv-networks/bin/python tools/check-networks/main.py --program "$programs/run-onnx" \
  --folder build/networks "$@"
