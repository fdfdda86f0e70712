# The package of sinf: the static device program, a service, a sample model. Read by
# tools/package.sh.

# device_of DEBIAN-ARCHITECTURE : its name in tools/build-device.sh and firmware-config
device_of() {
  case $1 in
    amd64) echo x86_64 ;;
    arm64) echo aarch64 ;;
    armhf) echo armv7 ;;
    *) return 1 ;;
  esac
}

# stage_sinf PREFIX ARCHITECTURE : what deb and tarball share
stage_sinf() {
  local prefix=$1 device command pages=$work/sinf-pages
  device=$(device_of "$2")
  put 755 ".build-device/bin/sinf-$device" "$prefix/bin/sinf"
  put 644 samples/cifar100.sinf "$prefix/share/sinf/cifar100.sinf"
  put 644 samples/pictures/raccoon.jpg "$prefix/share/sinf/raccoon.jpg"
  put 644 "$pages/sinf.bash" "$prefix/share/bash-completion/completions/sinf"
  for page in "$pages"/*.1; do
    put 644 "$page" "$prefix/share/man/man1/${page##*/}"
    press "$prefix/share/man/man1/${page##*/}"
  done
  documents "$prefix/share/doc/sinf" sinf
  write_sinf_copyright "$device" > "$prefix/share/doc/sinf/copyright"
}

# write_pages PROGRAM : manual pages and completions, made by the program itself
write_pages() {
  local program=$1 pages=$work/sinf-pages command
  mkdir -p "$pages"
  "$program" --man > "$pages/sinf.1"
  for command in $("$program" --help | sed -n '/^COMMANDS/,/^$/s/^  \([a-z]*\)  .*/\1/p'); do
    "$program" --man "$command" > "$pages/sinf-$command.1"
  done
  "$program" --completion bash > "$pages/sinf.bash"
  "$program" --completion zsh > "$pages/_sinf"
}

# The copyright: ours, and what is linked into the program as Debian's packages state it.
write_sinf_copyright() {
  local package notices=.build-sdks/sinf.artifactbundle/sinf-$1/sysroot/usr/share/doc
  cat packaging/sinf/copyright
  for package in libc6 libjpeg62-turbo libpng16-16 libsodium23 zlib1g; do
    notice "$notices/$package/copyright" "$package"
  done
}

# built_using DEVICE : source packages whose libraries are linked in, with their versions
built_using() {
  sed -n 's/%3a/:/; s/^libc6_\(.*\)_.*/glibc (= \1)/p
    s/^libjpeg62-turbo_\(.*\)_.*/libjpeg-turbo (= \1)/p
    s/^libpng16-16_\(.*\)_.*/libpng1.6 (= \1)/p
    s/^libsodium23_\(.*\)_.*/libsodium (= \1)/p; s/^zlib1g_\(.*\)_.*/zlib (= \1)/p' \
    ".build-sdks/sinf.artifactbundle/sinf-$1/sysroot/packages.txt" | paste -sd ,
}

# replaced FILE FROM TO [FROM TO]... : the file with texts replaced, each of which must be in it
replaced() {
  local text from to
  text=$(< "$1")
  shift
  while [ $# -gt 0 ]; do
    from=$1 to=$2
    shift 2
    if [[ $text != *"$from"* ]]; then
      echo "package: '$from' is no longer there to be replaced" >&2
      return 1
    fi
    text=${text//"$from"/"$to"}
  done
  printf '%s\n' "$text"
}

# package_sinf ARCHITECTURE
package_sinf() {
  local architecture=$1 device board tree name
  device=$(device_of "$architecture")
  board=firmware-config/generic-$device

  tree=$work/sinf-$architecture
  stage_sinf "$tree/usr" "$architecture"
  put 644 "$work/sinf-pages/_sinf" "$tree/usr/share/zsh/vendor-completions/_sinf"
  # Pictures are kept: what is installed by default deletes nothing.
  replaced $board/sinf.toml /usr/local/share/sinf/model.sinf /usr/share/sinf/cifar100.sinf \
    "'done = \"/srv/sinf/done\"' instead keeps them all." \
    "'delete-done = true' instead of 'done' deletes them." \
    "delete-done = true" 'done = "/srv/sinf/done"' > "$work/sinf.toml"
  put 644 "$work/sinf.toml" "$tree/etc/sinf/sinf.toml"
  replaced $board/sinf.service /usr/local/bin /usr/bin \
    "RequiresMountsFor=" $'Documentation=man:sinf-watch(1)\nRequiresMountsFor=' > "$work/sinf.service"
  put 644 "$work/sinf.service" "$tree/usr/lib/systemd/system/sinf.service"
  mkdir -p "$tree/DEBIAN"
  fill packaging/sinf/control VERSION="$version" ARCHITECTURE="$architecture" \
    MAINTAINER="$(< packaging/maintainer)" BUILT_USING="$(built_using "$device")" \
    > "$tree/DEBIAN/control"
  echo /etc/sinf/sinf.toml > "$tree/DEBIAN/conffiles"
  for name in postinst prerm postrm; do
    put 755 packaging/sinf/$name "$tree/DEBIAN/$name"
  done
  put 644 packaging/sinf/lintian-overrides "$tree/usr/share/lintian/overrides/sinf"
  make_deb "$tree" sinf "$architecture"

  # For /usr/local or a folder of one's own.
  tree=$work/sinf-$architecture-tar
  stage_sinf "$tree" "$architecture"
  put 644 "$work/sinf-pages/_sinf" "$tree/share/zsh/site-functions/_sinf"
  replaced $board/sinf.toml model.sinf cifar100.sinf > "$work/sinf.toml"
  put 644 "$work/sinf.toml" "$tree/share/doc/sinf/sinf.toml"
  put 644 $board/sinf.service "$tree/share/doc/sinf/sinf.service"
  # The licences that the copyright file refers to on Debian.
  put 644 LICENSE "$tree/share/doc/sinf/LICENSE"
  put 644 /usr/share/common-licenses/LGPL-2.1 "$tree/share/doc/sinf/LGPL-2.1"
  put 644 packaging/sinf/INSTALL.md "$tree/INSTALL.md"
  make_tar "$tree" "sinf-$version-$architecture"
}
