# A package's life in a clean root: installed, used, upgraded, removed, purged. Read by
# tools/check-packages.sh, which sets root and architecture. Within `check` a command that fails ends
# no function: steps hang together by &&.

in_root() { inside "$root" "$architecture" "$@"; }
shell() { in_root sh -euc "$1"; }

# install DEB : by apt, which brings what it depends on
install() {
  cp "$1" "$root/tmp/package.deb" &&
    in_root apt-get -qq install --yes --no-install-recommends /tmp/package.deb &&
    rm "$root/tmp/package.deb"
}

# older DEB FILE : the same package with a version before all others
older() {
  local tree=$work/older
  rm -rf "$tree"
  dpkg-deb -R "$1" "$tree"
  sed -i 's/^Version: .*/Version: 0.0.1/' "$tree/DEBIAN/control"
  dpkg-deb --root-owner-group -Zxz -z0 --build "$tree" "$2" > /dev/null
}

# Names, kinds, modes and owners of all that a package may leave behind.
state_of_root() {
  (cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./var/cache -o -path ./var/log \
    -o -path ./var/lib/apt -o -path ./var/lib/dpkg -o -path ./root -o -path ./tmp -o -path ./run \) -prune \
    -o -printf '%y %m %U %G %p\n') | grep -v -e '/etc/.*-$' -e /etc/resolv.conf | LC_ALL=C sort
}

version_of() { in_root dpkg-query -W -f '${Version}' sinf; }
# asked ACTION : whether the scripts asked systemctl for it
asked() {
  sed 's/^/     /' "$root/var/log/systemctl.calls"
  grep -qE "(^| )$1 (-- )?sinf.service" "$root/var/log/systemctl.calls"
}
again() { shell 'dpkg --unpack --force-confold /tmp/again.deb && dpkg --configure sinf' > "$work/said" 2>&1; }

# A root in which services can be started, as far as the scripts can tell; what they ask is noted.
pretend_systemd() {
  mkdir -p "$root/run/systemd/system"
  cp tools/check-packages/service.sh "$root/usr/bin/systemctl"
  chmod 755 "$root/usr/bin/systemctl"
  : > "$root/var/log/systemctl.calls"
}

folders_are_the_users() {
  local folder
  for folder in frames done failed; do
    [ "$(in_root stat -c '%A %U %G' /srv/sinf/$folder)" = "drwxrwsr-x sinf sinf" ] || return 1
  done
}

# The commit that the changelog names and the one that the program names are one.
says_its_commit() {
  shell 'gzip -dc /usr/share/doc/'"$1"'/changelog.gz > /tmp/changelog
    commit=$(sed -n "s/.*Made from commit \([0-9a-f+changes]*\);.*/\1/p" /tmp/changelog)
    test -n "$commit"
    '"$1"' --version | grep -F "$commit, model format "'
}

# The picture is a raccoon's, and the network says so.
names_the_sample() {
  in_root sinf classify --format csv --model /usr/share/sinf/cifar100.sinf \
    /usr/share/sinf/raccoon.jpg > "$work/named" && grep 'raccoon' "$work/named"
}

# As the service would: as its user, with its configuration; one picture, then the end.
watches() {
  shell 'install -d -o sinf -g sinf /var/lib/sinf /run/sinf
    cp /usr/share/sinf/raccoon.jpg /srv/sinf/frames/.new
    mv /srv/sinf/frames/.new /srv/sinf/frames/first.jpg
    setpriv --reuid=sinf --regid=sinf --clear-groups \
      sinf watch --config /etc/sinf/sinf.toml --once
    test -e /srv/sinf/done/first.jpg
    test ! -e /srv/sinf/frames/first.jpg
    grep raccoon /var/lib/sinf/labels.jsonl'
}

is_enabled() { [ -L "$root/etc/systemd/system/multi-user.target.wants/sinf.service" ]; }

# demo : tools/demo.sh of a copy of the repository, on a machine without Swift
demo() { shell 'cd /tmp/sinf && tools/demo.sh' > "$work/demo" 2>&1; }
bring_demo() {
  mkdir -p "$root/tmp/sinf/tools" "$root/tmp/sinf/samples"
  cp tools/demo.sh "$root/tmp/sinf/tools"
  cp -r samples/cifar100.sinf samples/pictures "$root/tmp/sinf/samples"
}
demo_says_how() {
  not demo && grep "sudo apt install ./sinf_\*_$architecture.deb" "$work/demo"
}
demo_runs() { demo && grep 'raccoon.*pictures/raccoon.jpg' "$work/demo"; }

# archive_runs NAME DEB : the archive unpacked anywhere, its program the package's, byte for byte
archive_runs() {
  local files=("$packages/$1"-*-"$architecture".tar.xz) to=$root/tmp/archive
  rm -rf "$to"
  mkdir "$to" && [ ${#files[@]} = 1 ] &&
    tar --extract --directory "$to" --strip-components=1 --file "${files[0]}" &&
    dpkg-deb --fsys-tarfile "$2" | tar --extract --to-stdout "./usr/bin/$1" | cmp - "$to/bin/$1" &&
    grep "tar -C /usr/local" "$to/INSTALL.md" && in_root "/tmp/archive/bin/$1" --version
}

check_life() { # DEB
  local deb=$1
  state_of_root > "$work/before"
  older "$deb" "$work/older.deb"
  check "$architecture: the archive has the package's program, and it runs" archive_runs sinf "$deb"
  bring_demo
  check "$architecture: without Swift, the demo says how to get sinf" demo_says_how
  check "$architecture: an older version installs" install "$work/older.deb"
  check "$architecture: the service is enabled" is_enabled
  check "$architecture: folders for pictures belong to the user" folders_are_the_users
  check "$architecture: files are as they were packaged" in_root dpkg --verify sinf
  check "$architecture: says the commit of its changelog" says_its_commit sinf
  check "$architecture: names the sample picture" names_the_sample
  check "$architecture: the demo runs the installed program" demo_runs
  check "$architecture: watches the folder as it is configured" watches

  # What somebody set up stays.
  echo 'min-share = "1%"' >> "$root/etc/sinf/sinf.toml"
  cp "$root/etc/sinf/sinf.toml" "$work/own.toml"
  cp "$deb" "$root/tmp/again.deb"
  pretend_systemd
  check "$architecture: upgrades" install "$deb"
  check "$architecture: is the new version" test "$(version_of)" = "$(dpkg-deb -f "$deb" Version)"
  check "$architecture: the upgrade keeps the configuration" \
    cmp "$root/etc/sinf/sinf.toml" "$work/own.toml"
  check "$architecture: the upgrade keeps results and pictures" \
    test -s "$root/var/lib/sinf/labels.jsonl" -a -e "$root/srv/sinf/done/first.jpg"
  check "$architecture: the upgrade starts the service anew" asked restart

  # A configuration that is refused: installed, but not started, and the reason is said.
  echo 'no-such-key = 1' >> "$root/etc/sinf/sinf.toml"
  pretend_systemd
  check "$architecture: is configured again" again
  check "$architecture: a refused configuration is named" \
    grep "sinf.toml.*no-such-key" "$work/said"
  check "$architecture: with it the service is not started" not asked '(re)?start'
  cp "$work/own.toml" "$root/etc/sinf/sinf.toml"

  rm -f "$root/etc/systemd/system/multi-user.target.wants/sinf.service"
  pretend_systemd
  check "$architecture: is configured again, the service disabled" again
  check "$architecture: a disabled service stays disabled" not is_enabled
  check "$architecture: a disabled service is not started" not asked '(re)?start'

  pretend_systemd
  check "$architecture: is removed" in_root apt-get -qq remove --yes sinf
  check "$architecture: removing stops the service" asked stop
  check "$architecture: removing leaves configuration and results" \
    test -e "$root/etc/sinf/sinf.toml" -a -s "$root/var/lib/sinf/labels.jsonl"
  check "$architecture: removing takes the program" test ! -e "$root/usr/bin/sinf"
  check "$architecture: installs over what was left" install "$deb"
  check "$architecture: is purged" in_root apt-get -qq purge --yes sinf
  check "$architecture: purging takes configuration and results" \
    test ! -e "$root/etc/sinf" -a ! -e "$root/var/lib/sinf"
  check "$architecture: purging leaves pictures and their user" \
    shell 'test -e /srv/sinf/done/first.jpg && getent passwd sinf'
  rm -f "$root/srv/sinf/done/first.jpg"
  check "$architecture: installs after purging" install "$deb"
  check "$architecture: is purged again" in_root apt-get -qq purge --yes sinf
  rm -rf "$root/usr/bin/systemctl" "$root/run/systemd"
  state_of_root > "$work/after"
  check "$architecture: the root is what it was before" diff "$work/before" "$work/after"
}

check_compiler() { # SINFC-DEB SINF-DEB
  local network=$root/tmp/network
  check "sinfc: installs with what it needs" install "$1"
  check "sinfc: the archive has the package's program, and it runs" archive_runs sinfc "$1"
  check "sinfc: says what it does" shell 'sinfc --help | grep SUBCOMMANDS'
  check "sinfc: says the commit of its changelog" says_its_commit sinfc
  mkdir -p "$network"
  python3 tools/check-packages/tiny_network.py "$network"
  check "sinfc: compiles a network" in_root sinfc compile /tmp/network/tiny.onnx \
    --data /tmp/network/pictures --plain --force --output /tmp/network/tiny.sinf
  check "sinf: installs beside it" install "$2"
  check "sinf: runs what sinfc compiled" shell \
    'sinf classify --format csv --model /tmp/network/tiny.sinf /tmp/network/pictures/red/1.png |
      grep -E "red|green|blue"'
  check "sinfc and sinf are removed" in_root apt-get -qq purge --yes sinfc sinf
}
