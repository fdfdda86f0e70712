#!/bin/bash
# usage: tools/sample-model.sh CIFAR-100 [sinfc compile options...]
# Compiles samples/sample-base.onnx into samples/cifar100.sinf. CIFAR-100 is the published archive
# cifar-100-binary.tar.gz or its folder. How the base network is trained: tools/training/README.md.
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
.build/release/sinfc compile samples/sample-base.onnx --data "$data" --normalization cifar100 \
  --clusters 4 --cost-share 0.45 --output samples/cifar100.sinf "$@"
