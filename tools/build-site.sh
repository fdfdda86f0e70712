#!/bin/bash
# usage: tools/build-site.sh [DESTINATION]      (default: build/site)
# Builds the documentation site from README.md and docs/ with mkdocs-material, in a virtual environment
# of its own. A link that leads nowhere fails.
set -euo pipefail
cd "$(dirname "$0")/.."
destination=$(realpath -m "${1:-build/site}")
tools=.venv-site
if ! cmp -s tools/site/requirements.txt $tools/requirements.txt; then
  rm -rf $tools
  python3 -m venv $tools
  $tools/bin/pip install --quiet --disable-pip-version-check -r tools/site/requirements.txt
  cp tools/site/requirements.txt $tools/requirements.txt
fi
# The pages with what they link to, in the folders that they lie in.
pages=build/site-sources
rm -rf $pages
mkdir -p $pages
git ls-files -z '*.md' LICENSE examples include samples/pictures 'firmware-config/*/sinf.*' \
  ':!packaging' ':!.github' ':!Sources' ':!python' |
  xargs -0 cp --parents -t $pages
cp tools/site/site.css $pages
# Not --quiet: what isn't logged is no warning, and stops nothing.
log=build/site.log
if ! NO_MKDOCS_2_WARNING=1 $tools/bin/mkdocs build --strict --site-dir "$destination" > $log 2>&1; then
  cat $log >&2
  exit 1
fi
echo "$destination/index.html"
