#!/bin/bash
# usage: tools/package.sh [--output DIR] [amd64|arm64|armhf ...]      (default: build/packages, all)
# Makes the Debian packages of sinf and, for amd64, of sinfc, an archive of each for other systems,
# for amd64 the Python wheel, and SHA256SUMS, from the sources as they are. The same commit gives the same bytes, given the same
# toolchain and Debian packages; names carry the commit, and "+changes" where it isn't all.
# docs/packages.md says what is in them. tools/check-packages.sh tries them.
set -euo pipefail
cd "$(dirname "$0")/.."
output=build/packages
architectures=()
while [ $# -gt 0 ]; do
  case $1 in
    --output)
      if [ $# -lt 2 ]; then
        echo "package: --output needs a folder" >&2
        exit 2
      fi
      output=$2
      shift
      ;;
    amd64 | arm64 | armhf) architectures+=("$1") ;;
    *)
      echo "package: '$1' is not amd64, arm64, armhf or --output; see $0" >&2
      exit 2
      ;;
  esac
  shift
done
[ ${#architectures[@]} -gt 0 ] || architectures=(amd64 arm64 armhf)
tools/packages.sh package
version=$(tools/version.sh --package)
commit=$(tools/version.sh --commit)
SOURCE_DATE_EPOCH=$(tools/version.sh --time)
export SOURCE_DATE_EPOCH SINF_COMMIT=$commit LC_ALL=C.UTF-8
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$output"
output=$(realpath "$output")
. packaging/common.sh
. packaging/sinf.sh
. packaging/sinfc.sh
. packaging/wheel.sh

# Pages and completions say the same on each architecture; this machine's program prints them.
devices=()
for architecture in $(printf '%s\n' amd64 "${architectures[@]}" | sort -u); do
  devices+=("$(device_of "$architecture")")
done
tools/build-device.sh "${devices[@]}"
write_pages .build-device/bin/sinf-x86_64

made=() # names of what was written
for architecture in "${architectures[@]}"; do
  # Those of an earlier commit would only be mistaken for these.
  rm -f "$output"/sinf{,c}_*_"$architecture".deb "$output"/sinf{,c}-*-"$architecture".tar.xz
  package_sinf "$architecture"
  if [ "$architecture" = amd64 ]; then
    package_sinfc amd64
    package_wheel
  fi
done
(cd "$output" && shopt -s nullglob && sha256sum -- sinf*.{deb,tar.xz,whl} > SHA256SUMS)
printf '%s\n' "${made[@]/#/$output/}" "$output/SHA256SUMS"
