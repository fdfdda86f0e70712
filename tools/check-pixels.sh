#!/bin/bash
# usage: tools/check-pixels.sh
# Builds dump-frame and compares its network inputs with Pillow's (tools/check-pixels.py), in a
# virtual environment of its own, .venv-pixels. Where neither that is there nor PyPI can be reached,
# says so and checks nothing: the same rules are tested without Pillow in Tests/CImageTests.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv-pixels/bin/python
if ! $python -c 'import numpy, PIL' 2> /dev/null; then
  if ! { python3 -m venv .venv-pixels && .venv-pixels/bin/pip -q install pillow numpy; }; then
    echo "check-pixels: Pillow can't be installed here, nothing was checked"
    exit 0
  fi
fi
swift build --product dump-frame
$python tools/check-pixels.py "$(swift build --show-bin-path)/dump-frame"
