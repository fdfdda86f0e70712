#!/bin/bash
# usage: tools/sdk/sysroot.sh ARCHITECTURE DESTINATION [PACKAGE...]
# Unpacks the Debian packages that a device build needs (C library, libjpeg, libpng, zlib, libsodium), and any
# others that are named, into DESTINATION, for amd64, arm64 or armhf. Reads the package sources that
# this machine's apt is set up with, keeps its own package lists and needs neither root nor a
# foreign dpkg architecture.
set -euo pipefail
architecture=$1
destination=$(realpath -m "$2")
shift 2
packages=(
  libc6-dev libc6 linux-libc-dev libgcc-12-dev libgcc-s1
  libjpeg62-turbo-dev libjpeg62-turbo libpng-dev libpng16-16 zlib1g-dev zlib1g
  libsodium-dev libsodium23 "$@")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{state/lists/partial,cache/archives/partial,packages}
: > "$work/status"
apt=(apt-get -qq
  -o APT::Architecture="$architecture" -o APT::Architectures="$architecture"
  -o Dir::State="$work/state" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache"
  -o Acquire::Languages=none -o Acquire::Retries=3)
# As root, apt would fetch as the user _apt, which may not enter this directory.
[ "$(id -u)" != 0 ] || apt+=(-o APT::Sandbox::User=root)

# A source without this architecture must not stop us: the download below tells whether any matters.
"${apt[@]}" update 2> "$work/update.log" ||
  echo "sysroot: an index for $architecture could not be read; going on with the rest" >&2
if ! (cd "$work/packages" && "${apt[@]}" download "${packages[@]}"); then
  cat "$work/update.log" >&2
  echo "sysroot: apt could not download the $architecture packages: ${packages[*]}" >&2
  exit 1
fi

# Unpacked beside the destination and renamed, so that an interrupted run leaves nothing half done.
fresh=$destination.new
rm -rf "$fresh"
mkdir -p "$fresh"
for package in "$work"/packages/*.deb; do
  dpkg-deb -x "$package" "$fresh"
  basename "$package" .deb >> "$fresh/packages.txt"
done
# Of what is for people, the licences stay: packages carry them on (packaging/sinf.sh).
find "$fresh/usr/share" ! -type d ! -path '*/usr/share/doc/*/copyright' -delete
find "$fresh/usr/share" -type d -empty -delete
rm -rf "$fresh"/{etc,var}
cd "$fresh"
# Debian 12 packages still install into /lib; on a machine /lib is a link to /usr/lib.
if [ -d lib ] && [ ! -L lib ]; then
  mkdir -p usr/lib
  cp -a lib/. usr/lib/
  rm -rf lib
  ln -s usr/lib lib
fi
# Links with absolute targets would leave the sysroot.
find . -type l | while read -r link; do
  target=$(readlink "$link")
  case $target in
    /*) ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" ".$target")" "$link" ;;
  esac
done
rm -rf "$destination"
mv "$fresh" "$destination"
