#!/bin/sh
# Compares the importer and the float executor with ONNX Runtime: every supported operator and
# attribute, and whole networks with random weights. Further ONNX files (trained ones, for
# instance) can be named as arguments. Needs python3 with venv; the Python packages are those of
# tools/requirements-check.txt, installed into .venv-check/.
set -eu
cd "$(dirname "$0")/.."

if ! cmp -s tools/requirements-check.txt .venv-check/requirements.txt; then
  python3 -m venv .venv-check
  .venv-check/bin/pip install --quiet --disable-pip-version-check -r tools/requirements-check.txt
  cp tools/requirements-check.txt .venv-check/requirements.txt
fi
swift build -c release --product run-onnx
program="$(swift build -c release --show-bin-path)/run-onnx"
exec .venv-check/bin/python tools/check-onnx/main.py --program "$program" "$@"
