# One commit, two folders, the same bytes. Read by tools/check-packages.sh.

check_reproducible() {
  local name
  for name in first/sources second/a-longer-name-of-another-folder; do
    git clone --quiet --no-hardlinks . "$work/$name"
    git -C "$work/$name" checkout --quiet --detach "$(git rev-parse HEAD)"
    # The sysroots are Debian's packages unpacked, the same for both.
    [ ! -d .build-sdks ] || cp -rL .build-sdks "$work/$name/.build-sdks"
    check "packages are made in ${name#*/}" "$work/$name/tools/package.sh" \
      --output "$work/${name%%/*}/packages" "${architectures[@]}"
  done
  for name in "$work"/first/packages/*; do
    check "the same bytes: ${name##*/}" cmp "$name" "$work/second/packages/${name##*/}"
  done
  check "as many packages" test "$(ls "$work/first/packages" | wc -l)" = \
    "$(ls "$work/second/packages" | wc -l)"
}
