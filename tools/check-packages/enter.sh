#!/bin/bash
# usage: enter.sh ROOT EMULATOR COMMAND...
# Runs the command in the root, with the machine's devices and resolver. EMULATOR, where it isn't
# empty, is registered first for the programs of another processor: only in a user namespace of its
# own (in-namespace.py), where that changes nothing outside.
set -euo pipefail
root=$1 emulator=$2
shift 2
mount --make-rprivate /
if [ -n "$emulator" ]; then
  if ! mount -t binfmt_misc none /proc/sys/fs/binfmt_misc; then
    echo "check-packages: Linux before 6.7 has no binfmt_misc for a user namespace" >&2
    exit 1
  fi
  printf '%s' "$emulator" > /proc/sys/fs/binfmt_misc/register
fi
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
[ ! -e /etc/resolv.conf ] || cat /etc/resolv.conf > "$root/etc/resolv.conf"
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM=dumb \
  DEBIAN_FRONTEND=noninteractive ${container:+container=$container} chroot "$root" "$@"
