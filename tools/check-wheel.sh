#!/bin/bash
# usage: tools/check-wheel.sh [--torch] WHEEL
# Installs the wheel in a fresh virtual environment with numpy, Pillow and onnx, as its users do, and
# runs its tests there; with --torch also those that export a module, which takes some gigabytes.
set -euo pipefail
cd "$(dirname "$0")/.."
extra=()
if [ "${1:-}" = --torch ]; then
  extra=(torch)
  shift
fi
if [ $# != 1 ] || [ ! -e "$1" ]; then
  echo "usage: tools/check-wheel.sh [--torch] WHEEL, which tools/package.sh makes" >&2
  exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$1" "${extra[@]}" \
  -r python/tests/requirements.txt
# From elsewhere, so that it is the installed package that is found.
root=$PWD
cd "$work"
"$work/venv/bin/python" -m pytest -q --rootdir "$root/python/tests" -p no:cacheprovider \
  "$root/python/tests"
