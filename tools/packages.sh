#!/bin/bash
# usage: tools/packages.sh [--check] [demo|package|test...]      (default: all)
# Installs the Debian 12 packages that are needed and not there yet, as root or with sudo: to build
# sinf and show what it does (demo), to build everything and make packages of it (package), to run all
# tests (test). --check only says what is missing. The Swift toolchain itself is not installed here.
set -euo pipefail
demo=(
  # decoders, checksums, signatures
  libjpeg62-turbo-dev libpng-dev zlib1g-dev libsodium-dev
  # what the Swift toolchain uses
  binutils git libc6-dev libcurl4 libedit2 libncurses6 libsqlite3-0 libstdc++-12-dev libxml2 tzdata
)
package=(
  "${demo[@]}"
  # the compiler's matrix products, digests, archives
  libopenblas-dev libssl-dev libarchive-dev
  # fetching what Swift packages depend on
  ca-certificates
  # device builds: unpacking sysroots; packages: control files, archives, manual pages
  dpkg-dev xz-utils python3
  # the Python wheel
  python3-venv
)
test=(
  "${package[@]}"
  # running ARM programs
  qemu-user-static
  # counting the instructions of ARM kernels: the static QEMU takes no plugins
  qemu-user
  # models of ARM processors: llvm-mca
  llvm
  # checks of the C sources' format
  clang-format
  file
  # pictures compared with Pillow; heap calls seen from outside
  strace
  # watchers: mounts of their own, other users, sealed folders
  util-linux mount e2fsprogs
  # what cameras are used with: their programs, uploads by FTP
  ffmpeg python3-pyftpdlib
  # the C library as programs find it; what Buildroot does
  pkg-config cmake make
  # checks of the boards' service units
  systemd
  # packages in clean roots
  debootstrap lintian
  # reports as a browser shows them
  chromium-headless-shell
)

check=false
groups=()
for word; do
  case $word in
    --check) check=true ;;
    demo | package | test) groups+=("$word") ;;
    *)
      echo "packages: '$word' is not demo, package, test or --check" >&2
      exit 2
      ;;
  esac
done
packages=()
for group in "${groups[@]:-test}"; do
  declare -n group_packages=$group
  packages+=("${group_packages[@]}")
done

if ! command -v swift > /dev/null; then
  echo "packages: no 'swift' on PATH; install the Swift 6.3.1 toolchain for Debian 12 first" >&2
  exit 1
fi
missing=()
for name in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${Status}' "$name" 2> /dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if $check; then
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
