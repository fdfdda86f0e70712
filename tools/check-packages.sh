#!/bin/bash
# usage: tools/check-packages.sh [--packages DIR] [amd64|arm64|armhf ...]
#        tools/check-packages.sh --reproducible [amd64|arm64|armhf ...]
# Tries the packages that tools/package.sh made (default: build/packages, amd64): what is in them,
# and their life in a clean Debian root: installed, used, upgraded, removed, purged; programs of other
# processors under QEMU. --reproducible makes the packages of this commit in two folders of different
# names, from nothing, and compares them to the byte; that takes a quarter of an hour for amd64.
# Needs root (for the roots), and Linux 6.7 or later for other processors. Roots are kept in
# .build-roots. Ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/.."
given=("$@")
packages=build/packages
architectures=()
reproducible=false
while [ $# -gt 0 ]; do
  case $1 in
    --packages)
      packages=${2:?"--packages needs a folder"}
      shift
      ;;
    --reproducible) reproducible=true ;;
    amd64 | arm64 | armhf) architectures+=("$1") ;;
    *)
      echo "check-packages: '$1' is not amd64, arm64, armhf, --packages or --reproducible" >&2
      exit 2
      ;;
  esac
  shift
done
[ ${#architectures[@]} -gt 0 ] || architectures=(amd64)
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
. tools/check-packages/counting.sh
not() { ! "$@"; }
. tools/check-packages/roots.sh
. tools/check-packages/contents.sh
. tools/check-packages/life.sh
. tools/check-packages/reproducible.sh

# package NAME ARCHITECTURE : the file, which must be one
package() {
  local files=("$packages/$1"_*_"$2".deb)
  if [ ${#files[@]} != 1 ] || [ ! -e "${files[0]}" ]; then
    echo "check-packages: expected one $1_*_$2.deb in $packages; tools/package.sh makes it" >&2
    return 1
  fi
  echo "${files[0]}"
}

end() {
  echo "$passed passed, $failed failed"
  [ $failed = 0 ]
  exit
}

if $reproducible; then
  check_reproducible
  end
fi
if [ "$(id -u)" != 0 ]; then
  if sudo -n true 2> /dev/null; then
    rm -rf "$work"
    exec sudo -n tools/check-packages.sh "${given[@]}"
  fi
  echo "check-packages: needs root, to make roots of other systems; run it with sudo" >&2
  exit 1
fi
sums_fit() { (cd "$packages" && sha256sum --check --quiet SHA256SUMS); }
check "SHA256SUMS" sums_fit
for architecture in "${architectures[@]}"; do
  deb=$(package sinf "$architecture")
  check_contents sinf "$deb"
  base "$architecture" > "$work/base.log" 2>&1 || { cat "$work/base.log"; exit 1; }
  root=$work/root-$architecture
  fresh "$root" "$architecture"
  check_life "$deb"
  if [ "$architecture" = amd64 ]; then
    compiler=$(package sinfc amd64)
    check_contents sinfc "$compiler"
    check_compiler "$compiler" "$deb"
  fi
  rm -rf --one-file-system "$root"
done
end
