#!/bin/bash
# usage: tools/peers/arm/root.sh DESTINATION
# An arm64 folder in which ONNX Runtime runs under QEMU: Debian's Python and C++ library, unpacked,
# not installed, and the aarch64 wheels at the versions of requirements.txt. Needs neither root nor
# a foreign dpkg architecture. Does nothing when DESTINATION is complete.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
destination=$(realpath -m "$1")
[ ! -e "$destination/complete" ] || exit 0
"$here/../../sdk/sysroot.sh" arm64 "$destination/root" \
  python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libstdc++6 libexpat1 libffi8 \
  libssl3 libuuid1 libbz2-1.0 liblzma5 libsqlite3-0 libcrypt1
wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
platforms=()
for glibc in 2_28 2_27 2_17; do platforms+=(--platform "manylinux_${glibc}_aarch64"); done
python3 -m pip download --quiet --only-binary=:all: --python-version 311 "${platforms[@]}" \
  --dest "$wheels" --requirement "$here/requirements.txt"
rm -rf "$destination/packages"
mkdir -p "$destination/packages"
for wheel in "$wheels"/*.whl; do
  python3 -m zipfile -e "$wheel" "$destination/packages"
done
touch "$destination/complete"
