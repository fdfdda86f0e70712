#!/bin/bash
# usage: tools/sample-model.sh CIFAR-100 [--tune] [sinfc compile options...]
# Compiles samples/sample-base.onnx into samples/cifar100.sinf, from the thin network and route
# predictor of samples/tuned, and unrouted into samples/whole-cifar100.sinf, to compare with. --tune
# trains samples/tuned anew first (PyTorch, half an hour of one core; tools/tune). CIFAR-100 is the
# published archive cifar-100-binary.tar.gz or its folder. How the base network is trained:
# tools/training/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ $# -lt 1 ]; then
  sed -n '2s/^# //p' "$0" >&2
  exit 2
fi
data=$1
shift
tools/packages.sh
swift build -c release --product sinfc
network=(samples/sample-base.onnx --data "$data" --normalization cifar100)
if [ "${1:-}" = --tune ]; then
  shift
  .build/release/sinfc thin "${network[@]}" --cost-share 0.22 --tail-share 0.5 --split /6/Add \
    --output build/tune
  python=.venv-training/bin/python
  if [ ! -x $python ]; then
    python3 -m venv .venv-training
    .venv-training/bin/pip install --quiet -r tools/training/requirements.txt
  fi
  $python tools/tune/tune.py build/tune --epochs 5 --tail-epochs 2
  mkdir -p samples/tuned
  cp build/tune/{tuned.onnx,route.onnx,tune.json} samples/tuned
fi
.build/release/sinfc compile "${network[@]}" --plain --output samples/whole-cifar100.sinf
.build/release/sinfc compile "${network[@]}" --clusters 4 --no-fallback --tuned samples/tuned \
  --output samples/cifar100.sinf "$@"
