#!/bin/bash
# usage: tools/check-shared.sh SHARED
# Checks that need data which the repository may not hold: SHARED/data/cifar-100-binary.tar.gz and
# SHARED/models/vgg16-w050-cifar100.onnx. Compares the importer with ONNX Runtime on the trained
# network, then compiles it and checks what was promised: float accuracy as published, int8 within
# half a point, and half of the multiply-accumulates for at most 3 points.
set -euo pipefail
cd "$(dirname "$0")/.."
shared=$1
network=$shared/models/vgg16-w050-cifar100.onnx
data=$shared/data/cifar-100-binary.tar.gz
for file in "$network" "$data"; do
  if [ ! -e "$file" ]; then
    echo "check-shared: $file is not there, nothing to check"
    exit 0
  fi
done
tools/packages.sh
out=.build-shared
mkdir -p $out
tools/check-onnx.sh "$network"
swift build -c release --product sinfc
sinfc=.build/release/sinfc
options=(--data "$data" --normalization cifar100)
$sinfc compile "$network" "${options[@]}" --plain --quiet --format json --output $out/base.sinf
$sinfc evaluate $out/base.sinf --data "$data" --part published --against "$network" \
  --normalization cifar100 --quiet --format json > $out/base.json
$sinfc compile "$network" "${options[@]}" --clusters 4 --cost-share 0.55 --quiet --format json \
  --output $out/routed.sinf > $out/routed.json
python3 - $out/base.json $out/routed.json << 'END'
import json, sys
base, routed = (json.load(open(p)) for p in sys.argv[1:])
checks = [
    ("float accuracy on all published test images is 61.88 % within 0.1",
     abs(base["base_float_accuracy"] - 0.6188) <= 0.001, base["base_float_accuracy"]),
    ("int8 within 0.5 point of float on them",
     abs(base["whole_accuracy"] - base["base_float_accuracy"]) <= 0.005, base["whole_accuracy"]),
    ("at least half of the multiply-accumulates saved",
     routed["routed_macs"] <= 0.5 * routed["base_macs"],
     routed["routed_macs"] / routed["base_macs"]),
    # The loss was chosen on other images: it is held against its own standard error.
    ("at most 3 points below the int8 base network, within a standard error",
     routed["loss"] - routed["loss_standard_error"] <= 0.03, routed["loss"]),
]
for name, holds, value in checks:
    print("ok   " if holds else "FAIL ", f"{name}: {value:.4f}")
sys.exit(not all(holds for _, holds, _ in checks))
END
