#!/bin/bash
# usage: tools/version.sh [--commit|--package|--time]
# The version of the sources, which stands in Sources/SINFModel/Format/ProgramVersion.swift and
# nowhere else. --commit: the commit, with "+changes" where the working tree has others than it;
# --package: the version of the Debian packages, the plain one at a commit with the tag v<version>,
# else one that sorts before it and after those of earlier commits; --time: the commit's time.
set -euo pipefail
cd "$(dirname "$0")/.."

# The version, or nothing and a reason.
source_version() {
  local file=Sources/SINFModel/Format/ProgramVersion.swift version
  version=$(sed -n 's/.*text: StaticString = "\([0-9]*\.[0-9]*\.[0-9]*\)"$/\1/p' $file)
  if [ -z "$version" ]; then
    echo "version: $file has no version of the form 1.2.3" >&2
    return 1
  fi
  echo "$version"
}

# "+changes" where files differ from the commit, or new ones lie among them.
changes() {
  local status
  status=$(git status --porcelain)
  [ -z "$status" ] || echo "+changes"
}

if [ $# -gt 0 ] && ! git rev-parse --quiet --verify HEAD > /dev/null; then
  echo "version: this copy of the sources is no git repository with a commit; clone it" >&2
  exit 1
fi
version=$(source_version)
case ${1:-} in
  "") echo "$version" ;;
  --commit) echo "$(git rev-parse --short=12 HEAD)$(changes)" ;;
  --time) git log -1 --format=%ct HEAD ;;
  --package)
    if [ -z "$(changes)" ] && git tag --points-at HEAD | grep -qxF "v$version"; then
      echo "$version"
    else
      at=$(TZ=UTC git log -1 --date=format-local:%Y%m%d.%H%M%S --format=%cd HEAD)
      echo "$version~$at.$(git rev-parse --short=7 HEAD)$(changes)"
    fi
    ;;
  *)
    echo "version: unknown option '$1'; usage: tools/version.sh [--commit|--package|--time]" >&2
    exit 2
    ;;
esac
