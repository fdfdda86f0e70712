# What the packages have in common. Read by tools/package.sh, which sets
#   version   of the packages       commit   that they are made from
#   work      a folder of its own   output   where packages go; made: their names
# and SOURCE_DATE_EPOCH: nothing here may look at a clock, a host name, or the order of a folder.

# put MODE FROM TO : one file, its folders made
put() { install -D -m "$1" "$2" "$3"; }

# press FILE : FILE.gz in its place, the same on every machine
press() { gzip -9n "$1" && chmod 644 "$1.gz"; }

# fill TEMPLATE NAME=VALUE... : the text with each @NAME@ replaced; none may be left
fill() {
  local text name
  text=$(< "$1")
  shift
  for pair; do
    name=${pair%%=*}
    text=${text//"@$name@"/"${pair#*=}"}
  done
  if [[ $text =~ @[A-Z_]+@ ]]; then
    echo "package: ${BASH_REMATCH[0]} has no value" >&2
    return 1
  fi
  printf '%s\n' "$text"
}

# documents TREE-OF-DOCUMENTS NAME : changelogs; the copyright is the package's own
documents() {
  mkdir -p "$1"
  {
    printf '%s (%s) unstable; urgency=medium\n\n' "$2" "$version"
    printf '  * Made from commit %s; NEWS.md.gz says what changed.\n\n' "$commit"
    printf ' -- %s  %s\n' "$(< packaging/maintainer)" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
  } > "$1/changelog"
  press "$1/changelog"
  put 644 CHANGELOG.md "$1/NEWS.md"
  press "$1/NEWS.md"
}

# notice PATH SOURCE : a licence of somebody else's, with a heading
notice() {
  printf '\n\n======================================================================\n%s\n%s\n\n' \
    "$2" "======================================================================"
  cat "$1"
}

# seal TREE : modes of folders, and the commit's time on everything
seal() {
  find "$1" -type d -exec chmod 755 {} +
  find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

# make_deb TREE NAME ARCHITECTURE : TREE/DEBIAN has control and scripts but for sizes and sums
make_deb() {
  local tree=$1 file=$2_${version}_$3.deb size
  (cd "$tree" && find . -type f -not -path './DEBIAN/*' -printf '%P\0' | LC_ALL=C sort -z |
    xargs -0 md5sum) > "$work/md5sums"
  put 644 "$work/md5sums" "$tree/DEBIAN/md5sums"
  # In KiB, counted file by file: what du says depends on the file system.
  size=$(find "$tree" -not -path '*/DEBIAN*' -printf '%y %s\n' |
    awk '{ k += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print k }')
  sed -i "s/^Installed-Size: .*/Installed-Size: $size/" "$tree/DEBIAN/control"
  seal "$tree"
  dpkg-deb --root-owner-group -Zxz -z6 --threads-max=1 --build "$tree" "$output/$file" \
    > /dev/null
  made+=("$file")
}

# make_tar TREE NAME : TREE's files below a folder NAME
make_tar() {
  local file=$2.tar.xz
  seal "$1"
  tar --create --directory "$1" --transform "s,^\.,$2," --sort=name --format=gnu \
    --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner . |
    xz -6 --threads=1 > "$output/$file"
  made+=("$file")
}
