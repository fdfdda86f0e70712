# The Python wheel for x86-64 Linux: the library, and the programs sinf and sinfc. The libraries of
# Debian 12 that they need go into it (auditwheel), so it runs where glibc is 2.36 or newer. Read by
# tools/package.sh, after sinf and sinfc are built.

# The tools that make wheels, in an environment of their own.
wheel_tools() {
  local list=packaging/wheel/requirements.txt
  cmp -s $list .venv-wheel/requirements.txt && return
  rm -rf .venv-wheel
  python3 -m venv .venv-wheel
  .venv-wheel/bin/pip install --quiet --disable-pip-version-check -r $list
  cp $list .venv-wheel
}

# write_wheel_licence : ours, and those of all that is linked in or put beside
write_wheel_licence() {
  local package
  cat LICENSE
  write_sinf_copyright x86_64
  for package in libarchive13 libgfortran5 libicu72 libopenblas0-pthread libssl3 libxml2; do
    notice "/usr/share/doc/$package/copyright" "$package"
  done
}

# stage_wheel FOLDER : the package's sources, with what was built
stage_wheel() {
  local native=$1/src/sinf/native
  cp -R python "$1"
  find "$1" -name __pycache__ -prune -exec rm -rf {} +
  rm -rf "$1/tests" "$native"
  put 644 .build-device/lib/x86_64/lib/libsinf.so.0 "$native/libsinf.so"
  "$(dirname "$(realpath "$(command -v swift)")")/llvm-objcopy" --strip-unneeded \
    "$native/libsinf.so"
  put 755 .build-device/bin/sinf-x86_64 "$native/sinf"
  put 755 .build-sinfc/sinfc "$native/sinfc"
  write_wheel_licence > "$1/LICENSE"
  printf 'VERSION = "%s"\n#: What this installation was made from.\nCOMMIT = "%s"\n' \
    "$(tools/version.sh)" "$commit" > "$1/src/sinf/_version.py"
  seal "$1"
}

# package_wheel
package_wheel() {
  local tree=$work/python wheel
  wheel_tools
  tools/build-library.sh
  stage_wheel "$tree"
  if ! .venv-wheel/bin/python -m build --wheel --no-isolation --outdir "$work/wheel" "$tree" \
    > "$work/wheel.log" 2>&1; then
    cat "$work/wheel.log" >&2
    echo "package: the wheel can't be made" >&2
    return 1
  fi
  rm -f "$output"/sinf-*.whl
  PATH=$PWD/.venv-wheel/bin:$PATH auditwheel repair --plat manylinux_2_36_x86_64 \
    --wheel-dir "$output" "$work"/wheel/sinf-*.whl > "$work/wheel.log" 2>&1 ||
    { cat "$work/wheel.log" >&2 && return 1; }
  wheel=$(basename "$output"/sinf-*.whl)
  made+=("$wheel")
}
