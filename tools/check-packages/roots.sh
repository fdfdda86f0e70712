# Clean Debian roots to install packages in. Read by tools/check-packages.sh, which sets work, a
# scratch folder. A root is unpacked from an archive in .build-roots, which debootstrap makes once.

suite=bookworm
roots=.build-roots

# The archive that this machine's apt takes its packages from.
mirror() {
  apt-get indextargets --format '$(CODENAME) $(SITE)' 'Created-By: Packages' 'Component: main' |
    sed -n "s/^$suite //p" | head -n 1
}

# emulator ARCHITECTURE : a line for binfmt_misc, which knows programs by their first bytes: ELF of 32
# or 64 bits, of that machine, executable or shared. Nothing for this machine's own.
emulator() {
  local zeros='\x00\x00\x00\x00\x00\x00\x00\x00\x00'
  local mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
  case $1 in
    arm64) echo ":arm64:M::\x7fELF\x02\x01\x01$zeros\x02\x00\xb7\x00:$mask:/usr/bin/qemu-aarch64-static:FP" ;;
    armhf) echo ":armhf:M::\x7fELF\x01\x01\x01$zeros\x02\x00\x28\x00:$mask:/usr/bin/qemu-arm-static:FP" ;;
  esac
}

# inside ROOT ARCHITECTURE COMMAND... : in mounts and processes of its own
inside() {
  local root=$1 architecture=$2 namespace=(unshare --mount --pid --fork)
  shift 2
  if [ -n "$(emulator "$architecture")" ]; then
    namespace=(python3 tools/check-packages/in-namespace.py)
  fi
  "${namespace[@]}" bash tools/check-packages/enter.sh "$root" "$(emulator "$architecture")" "$@"
}

# base ARCHITECTURE : makes the archive where it isn't there yet
base() {
  local architecture=$1 archive=$roots/$suite-$1.tar root=$work/base-$1 options=() from
  [ ! -e "$archive" ] || return 0
  from=$(mirror)
  if [ -z "$from" ]; then
    echo "check-packages: this machine's apt has no source for Debian's $suite" >&2
    return 1
  fi
  mkdir -p $roots
  [ -z "$(emulator "$architecture")" ] || options=(--foreign)
  debootstrap "${options[@]}" --variant=minbase --arch="$architecture" $suite "$root" "$from" ||
    return
  if [ ${#options[@]} -gt 0 ]; then
    # In a user namespace no device can be made; of a container debootstrap asks for none.
    container=lxc inside "$root" "$architecture" /debootstrap/debootstrap --second-stage || return
    echo "deb $from $suite main" > "$root/etc/apt/sources.list"
  fi
  inside "$root" "$architecture" apt-get -qq update &&
    tar --create --directory "$root" --file "$archive.new" --one-file-system . &&
    mv "$archive.new" "$archive" && rm -rf --one-file-system "$root"
}

# fresh ROOT ARCHITECTURE : a clean root
fresh() {
  mkdir -p "$1"
  tar --extract --directory "$1" --file "$roots/$suite-$2.tar" --same-owner
}
