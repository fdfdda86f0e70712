#!/bin/bash
# usage: tools/peers/networks.sh FOLDER
# Writes the benchmark's networks with random weights, and the generated pictures to calibrate
# them on, into FOLDER. Builders, scaling and export are those of tools/training.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
python=$folder/convert/bin/python
mkdir -p "$folder/onnx"
while read -r network classes size; do
  [ -e "$folder/onnx/$network.onnx" ] || "$python" -W ignore "$here/../training/export.py" \
    --network "$network" --random --classes "$classes" --output "$folder/onnx/$network.onnx"
  [ -e "$folder/pictures-$size" ] || "$python" "$here/pictures.py" \
    --size "$size" --classes "$classes" --output "$folder/pictures-$size"
done << 'NETWORKS'
vgg16-w050 100 32
vgg16 100 32
resnet50 100 32
mobilenetv2 1000 224
efficientnet-lite0 1000 224
NETWORKS
