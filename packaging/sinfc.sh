# The package of sinfc, the compiler: Swift's runtime linked in, Debian's libraries not. Read by
# tools/package.sh.

# build_sinfc : .build-sinfc/sinfc, in a folder of its own, since the static runtime is chosen when
# sources are compiled. Without hashes that have folders' names in them, the linker's among them.
build_sinfc() {
  local log=.build-sinfc.log object=$PWD/.build-sinfc/commit.o
  mkdir -p .build-sinfc
  tools/commit-object.sh "$object" "$commit" --target=x86_64-unknown-linux-gnu
  if ! swift build -c release --product sinfc --static-swift-stdlib --disable-local-rpath \
    --scratch-path .build-sinfc -Xlinker -s -Xlinker --build-id=none \
    -Xlinker "$object" > $log 2>&1; then
    cat $log >&2
    echo "package: sinfc does not build" >&2
    return 1
  fi
  "$(dirname "$(realpath "$(command -v swift)")")/llvm-objcopy" --remove-section=.swift_modhash \
    .build-sinfc/release/sinfc .build-sinfc/sinfc
}

write_sinfc_copyright() {
  cat packaging/sinfc/copyright
  notice /usr/share/doc/libicu72/copyright "ICU"
}

# stage_sinfc PREFIX
stage_sinfc() {
  local prefix=$1 page program=.build-sinfc/sinfc
  put 755 "$program" "$prefix/bin/sinfc"
  mkdir -p "$prefix/share/man/man1" "$work"
  "$program" --experimental-dump-help | python3 packaging/sinfc/man.py "$prefix/share/man/man1"
  for page in "$prefix"/share/man/man1/*.1; do press "$page"; done
  "$program" --generate-completion-script bash | sed '1{/^#!/d}' > "$work/sinfc.bash"
  put 644 "$work/sinfc.bash" "$prefix/share/bash-completion/completions/sinfc"
  "$program" --generate-completion-script zsh > "$work/_sinfc"
  documents "$prefix/share/doc/sinfc" sinfc
  write_sinfc_copyright > "$prefix/share/doc/sinfc/copyright"
}

# libraries PROGRAM : the Debian packages that it needs, with versions, as dpkg finds them
libraries() {
  local program
  program=$(realpath "$1")
  mkdir -p "$work/shlibs/debian"
  printf 'Source: sinf\n\nPackage: sinfc\nArchitecture: any\n' > "$work/shlibs/debian/control"
  (cd "$work/shlibs" && dpkg-shlibdeps -O "$program") | sed -n 's/^shlibs:Depends=//p'
}

# package_sinfc ARCHITECTURE
package_sinfc() {
  local tree=$work/sinfc depends
  build_sinfc
  stage_sinfc "$tree/usr"
  put 644 "$work/_sinfc" "$tree/usr/share/zsh/vendor-completions/_sinfc"
  mkdir -p "$tree/DEBIAN"
  depends=$(libraries "$tree/usr/bin/sinfc")
  fill packaging/sinfc/control VERSION="$version" ARCHITECTURE="$1" \
    MAINTAINER="$(< packaging/maintainer)" DEPENDS="$depends" > "$tree/DEBIAN/control"
  make_deb "$tree" sinfc "$1"

  tree=$work/sinfc-tar
  stage_sinfc "$tree"
  put 644 "$work/_sinfc" "$tree/share/zsh/site-functions/_sinfc"
  put 644 LICENSE "$tree/share/doc/sinfc/LICENSE"
  fill packaging/sinfc/INSTALL.md DEPENDS="$depends" > "$work/INSTALL.md"
  put 644 "$work/INSTALL.md" "$tree/INSTALL.md"
  make_tar "$tree" "sinfc-$version-$1"
}
