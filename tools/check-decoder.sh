#!/bin/bash
# usage: tools/check-decoder.sh [MODEL]      (default: the tests' tiny model)
# What a decoding process costs that crashes, hangs, overruns its memory, lies or tries to get out: one
# frame, with classify, a stream, watch and bench. Builds a program with such faults planted, which
# pictures ask for, into .build-planted; the shipped program has none of it, which is checked as well.
# Ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/.."
model=${1:-Tests/SINFModelTests/Golden/tiny-v1.sinf}
SINF_DEVICE=1 SINF_PLANTED=1 swift build -c release --product sinf --scratch-path .build-planted
exec python3 tools/check-decoder.py "$model" .build-planted/release/sinf \
  $([ ! -x .build/release/sinf ] || echo .build/release/sinf)
