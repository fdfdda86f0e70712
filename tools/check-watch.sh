#!/bin/bash
# usage: tools/check-watch.sh [--quick] [--program "COMMAND..."] [--only TEXT] [--seed N]
# Tries to make `sinf watch` lose a frame, report one twice without saying so, or miscount: awkward
# writers, bursts, kills and cut power at random instants, full disks, folders that go and come back.
# Runs the real program (.build/release/sinf unless --program names another). --quick is for emulated
# programs. Mounts are made in a mount namespace of its own; where that is refused, and where a tool
# is missing, the cases that need it are skipped and say so. Ends with "N passed, N failed".
set -euo pipefail
suite=$(cd "$(dirname "$0")" && pwd)/check-watch
export PYTHONDONTWRITEBYTECODE=1
if unshare --mount --propagation private true 2> /dev/null; then
  exec unshare --mount --propagation private python3 "$suite/main.py" "$@"
elif unshare --user --map-root-user --mount true 2> /dev/null; then
  exec unshare --user --map-root-user --mount python3 "$suite/main.py" "$@"
fi
exec python3 "$suite/main.py" "$@"
