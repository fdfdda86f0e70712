#!/bin/sh
# Writes Sources/ONNX/onnx.pb.swift from Sources/ONNX/onnx.proto, with Debian's protoc and the
# Swift plugin built from the swift-protobuf that the package resolves.
set -eu
cd "$(dirname "$0")/.."

command -v protoc >/dev/null || {
  echo "generate-onnx: protoc not found; install the package protobuf-compiler" >&2
  exit 1
}
swift build -c release --product protoc-gen-swift
plugin="$(swift build -c release --show-bin-path)/protoc-gen-swift"
protoc --plugin="protoc-gen-swift=$plugin" --proto_path=Sources/ONNX \
  --swift_opt=Visibility=Public --swift_out=Sources/ONNX Sources/ONNX/onnx.proto
echo "wrote Sources/ONNX/onnx.pb.swift"
