#!/bin/bash
# usage: tools/packages.sh [--check]
# Installs the Debian 12 packages that builds and tests need and that are not there yet; as root or
# with sudo. --check only says what is missing. The Swift toolchain itself is not installed here.
set -euo pipefail
packages=(
  # libraries: decoders, checksums, the compiler's matrix products and digests
  libjpeg62-turbo-dev libpng-dev zlib1g-dev libsodium-dev libopenblas-dev libssl-dev
  libarchive-dev
  # what the Swift toolchain and its package manager use
  libc6-dev libstdc++-12-dev git ca-certificates
  # device builds: unpacking sysroots, running ARM programs
  dpkg-dev qemu-user-static
  # counting the instructions of ARM kernels: the static QEMU takes no plugins
  qemu-user
  # models of ARM processors: llvm-mca
  llvm
  # checks of the C sources' format
  clang-format
  file
  # pictures compared with Pillow; heap calls seen from outside
  python3-venv strace binutils
  # watchers: mounts of their own, other users, sealed folders
  util-linux mount e2fsprogs
  # what cameras are used with: their programs, uploads by FTP
  ffmpeg python3-pyftpdlib
  # the C library as programs find it
  pkg-config
  # checks of the boards' service units
  systemd
)

if ! command -v swift > /dev/null; then
  echo "packages: no 'swift' on PATH; install the Swift 6.3.1 toolchain for Debian 12 first" >&2
  exit 1
fi
missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2> /dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "${1:-}" = --check ]; then
  echo "packages: missing: ${missing[*]}" >&2
  exit 1
fi
root=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo > /dev/null || ! sudo -n true 2> /dev/null; then
    echo "packages: these Debian packages are missing and neither root nor sudo is at hand:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    exit 1
  fi
  root=(sudo)
fi
echo "packages: installing ${missing[*]}" >&2
"${root[@]}" apt-get -qq update || echo "packages: some package lists could not be read" >&2
"${root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get -qq install -y --no-install-recommends "${missing[@]}" > /dev/null
