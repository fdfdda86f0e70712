# Checks that are counted: what one wrote is shown when it failed. Read by tools/check-packages.sh and
# tools/check-integration.sh, which set work, a folder of their own.

passed=0
failed=0
check() { # NAME COMMAND...
  local name=$1
  shift
  if "$@" > "$work/log" 2>&1; then
    echo "ok   $name"
    passed=$((passed + 1))
  else
    echo "FAIL $name"
    sed 's/^/     /' "$work/log"
    failed=$((failed + 1))
  fi
}
