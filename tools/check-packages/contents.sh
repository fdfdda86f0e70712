# What is in a package, seen from outside. Read by tools/check-packages.sh.

# listed DEB : its files
listed() { dpkg-deb --fsys-tarfile "$1" | tar --list | sed -n 's,^\./,,; /[^/]$/p'; }

sinf_files="etc/sinf/sinf.toml
usr/bin/sinf
usr/lib/systemd/system/sinf.service
usr/share/bash-completion/completions/sinf
usr/share/doc/sinf/NEWS.md.gz
usr/share/doc/sinf/changelog.gz
usr/share/doc/sinf/copyright
usr/share/lintian/overrides/sinf
usr/share/man/man1/sinf-bench.1.gz
usr/share/man/man1/sinf-classify.1.gz
usr/share/man/man1/sinf-inspect.1.gz
usr/share/man/man1/sinf-update.1.gz
usr/share/man/man1/sinf-watch.1.gz
usr/share/man/man1/sinf.1.gz
usr/share/sinf/cifar100.sinf
usr/share/sinf/raccoon.jpg
usr/share/zsh/vendor-completions/_sinf"
sinfc_files="usr/bin/sinfc
usr/share/bash-completion/completions/sinfc
usr/share/doc/sinfc/NEWS.md.gz
usr/share/doc/sinfc/changelog.gz
usr/share/doc/sinfc/copyright
usr/share/man/man1/sinfc-check.1.gz
usr/share/man/man1/sinfc-compile.1.gz
usr/share/man/man1/sinfc-evaluate.1.gz
usr/share/man/man1/sinfc-extract.1.gz
usr/share/man/man1/sinfc-keygen.1.gz
usr/share/man/man1/sinfc-sign.1.gz
usr/share/man/man1/sinfc-study.1.gz
usr/share/man/man1/sinfc-thin.1.gz
usr/share/man/man1/sinfc.1.gz
usr/share/zsh/vendor-completions/_sinfc"

files_are() { diff <(listed "$1") <(echo "$2"); }

# Owned by root, written by nobody else, at the time of one commit.
plain_entries() {
  local entries
  entries=$(dpkg-deb -c "$1") && ! grep -v ' root/root ' <<< "$entries" &&
    ! grep -E '^.(....w|.......w|.*[sStT])' <<< "${entries// */}" &&
    [ "$(awk '{ print $4, $5 }' <<< "$entries" | sort -u | wc -l)" = 1 ]
}

# No place of this machine in anything: neither the sources' folder nor a home.
no_places() {
  local tree=$work/places
  rm -rf "$tree"
  dpkg-deb -R "$1" "$tree" && find "$tree" -name '*.gz' -exec gunzip {} + && ! grep -rlaF -e "$PWD" -e "$HOME/" "$tree"
}

# Warnings count; what is overridden has its reason in packaging/*/lintian-overrides.
lints() {
  lintian --fail-on error,warning "$1" 2> "$work/err" ||
    { cat "$work/err"; return 1; }
}

# The unit as it is installed: no fault in it, and an exposure of at most 2.0.
unit_is_tight() {
  local unit=$work/sinf.service
  dpkg-deb --fsys-tarfile "$1" | tar --extract --to-stdout ./usr/lib/systemd/system/sinf.service > "$unit" &&
    grep -qx 'ExecStart=/usr/bin/sinf watch --config /etc/sinf/sinf.toml' "$unit" &&
    systemd-analyze security --offline=true --threshold=20 --no-pager "$unit" &&
    sed -i 's,^\(Exec[A-Za-z]*\)=.*,\1=/bin/true,' "$unit" &&
    ! systemd-analyze --man=no verify "$unit" 2>&1 | grep 'sinf'
}

check_contents() { # NAME DEB
  local name=$1 deb=$2 files=${1}_files
  check "$name: lintian" lints "$deb"
  check "$name: these files and no others" files_are "$deb" "${!files}"
  check "$name: root's files, of one time" plain_entries "$deb"
  check "$name: no name of a folder of the build" no_places "$deb"
  [ "$name" != sinf ] || check "sinf: the unit shuts the program in" unit_is_tight "$deb"
}
