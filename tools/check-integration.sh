#!/bin/bash
# usage: tools/check-integration.sh ARCHIVE      (sinf-VERSION-amd64.tar.xz of tools/package.sh)
# What Buildroot and Yocto would do with the files of integration/, without either: make expands the
# package of the one with stand-ins for its functions, a shell runs the recipe's do_install of the
# other, both on the archive. Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."
if [ $# != 1 ] || [ ! -e "$1" ]; then
  echo "usage: tools/check-integration.sh ARCHIVE, which tools/package.sh makes" >&2
  exit 2
fi
archive=$(realpath "$1")
name=$(basename "$archive" .tar.xz)
version=${name#sinf-}
version=${version%-*}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -C "$work" -xJf "$archive"
source=$work/$name
. tools/check-packages/counting.sh

# whole ROOT : the root has what it should, and nothing speaks of /usr/local any more
whole() {
  [ -x "$1/usr/bin/sinf" ] && [ -s "$1/usr/share/sinf/cifar100.sinf" ] &&
    grep -q '^model = "/usr/share/sinf/cifar100.sinf"' "$1/etc/sinf/sinf.toml" &&
    grep -q '^ExecStart=/usr/bin/sinf ' "$1/usr/lib/systemd/system/sinf.service" &&
    ! grep -r /usr/local "$1/etc" "$1/usr/lib" &&
    "$1/usr/bin/sinf" classify --model "$1/usr/share/sinf/cifar100.sinf" \
      "$source/share/sinf/raccoon.jpg" | grep -q '^raccoon '
}

# --- Buildroot

# Of Buildroot's, what the package uses: qstrip, INSTALL, and generic-package, here nothing.
cat > "$work/Makefile" <<'MAKE'
qstrip = $(strip $(subst ",,$(1)))
INSTALL = install
generic-package =
BR2_EXTERNAL_SINF_PATH = $(CURDIR)/integration/buildroot
include integration/buildroot/external.mk
$(SOURCE)/.target: ; $(SINF_INSTALL_TARGET_CMDS)
$(SOURCE)/.systemd: ; $(SINF_INSTALL_INIT_SYSTEMD)
say: ; @printf '%s\n' '$(SINF_SITE)/$(SINF_SOURCE)'
MAKE
buildroot() { # TARGET [VARIABLE=VALUE...] : targets lie in the package's source, so that is $(@D)
  make --no-print-directory -f "$work/Makefile" "$1" "SOURCE=$source" \
    "TARGET_DIR=$work/buildroot" \
    "BR2_PACKAGE_SINF_VERSION=\"$version\"" \
    "BR2_PACKAGE_SINF_ARCHIVES=\"$(dirname "$archive")\"" "${@:2}"
}
names() { # EXPECTED VARIABLE... : the archive that is asked for
  local said
  said=$(buildroot say "${@:2}")
  [ "$said" = "$(dirname "$archive")/sinf-$version-$1.tar.xz" ] || { echo "$said" && false; }
}
check "Buildroot: the archive of each architecture" \
  eval 'names amd64 BR2_x86_64=y && names arm64 BR2_aarch64=y && names armhf BR2_arm=y'
check "Buildroot: installs" eval 'buildroot "$source/.target" && buildroot "$source/.systemd"'
check "Buildroot: what it installed works" whole "$work/buildroot"

# --- Yocto

recipe=$(ls integration/yocto/meta-sinf/recipes-sinf/sinf/sinf-bin_*.bb)
# Its do_install, with the variables that it reads.
yocto() {
  local D=$work/yocto S=$source bindir=/usr/bin datadir=/usr/share sysconfdir=/etc
  local systemd_system_unitdir=/usr/lib/systemd/system
  # The user isn't there.
  install() {
    local arguments=() skip=false word
    for word; do
      if $skip; then skip=false; continue; fi
      case $word in -o | -g) skip=true ;; *) arguments+=("$word") ;; esac
    done
    command install "${arguments[@]}"
  }
  eval "$(sed -n '/^do_install() {/,/^}/p' "$recipe")"
  set -e
  do_install
}
check "Yocto: installs" yocto
check "Yocto: what it installed works" whole "$work/yocto"
check "Yocto: folders for frames" test -d "$work/yocto/srv/sinf/frames"
check "Yocto: the version is the program's" test "${recipe##*_}" = "$(tools/version.sh).bb"
check "Yocto: the licence is the archive's" grep -q \
  "SINF_LICENSE_MD5 ?= \"$(md5sum < "$source/share/doc/sinf/LICENSE" | cut -d' ' -f1)\"" "$recipe"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
