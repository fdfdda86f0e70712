#!/bin/bash
# usage: tools/heap-gate.sh MODEL PROGRAM...
# Proves that sinf calls nothing of the heap and maps no memory once it is ready, in none of its
# processes: 1,000 mixed pictures and 200 damaged ones as files of a folder, the 1,000 as a stream, and
# 1,000 that `sinf watch` finds in its folder, through each PROGRAM. Two views:
#   dynamic programs   Tests/HeapGate/heap_gate.c counts malloc, calloc, realloc, free,
#                      posix_memalign, mmap, brk and their kin, where the decoding process does as well
#   every program      strace counts the kernel's brk, mmap, munmap and mremap; a static program
#                      can't be preloaded, but is made of the same objects as its dynamic twin
# Both views are tested themselves: with one planted call of each function they must fail.
set -euo pipefail
cd "$(dirname "$0")/.."
model=$1
shift
out=.build-heap
mkdir -p $out
clang=$(dirname "$(realpath "$(command -v swift)")")/clang
"$clang" -O1 -g -Wall -Wextra -Werror -fno-builtin -shared -fPIC Tests/HeapGate/heap_gate.c -ldl \
  -o $out/heap_gate.so
"$clang" -O1 -g -Wall -Wextra -Werror -fno-builtin -shared -fPIC Tests/HeapGate/plant.c -ldl \
  -o $out/plant.so
"$clang" -O1 -Wall -Wextra -Werror -ITests/CImageTestSupport/include \
  Tests/Support/make-pictures/make_pictures.c Tests/CImageTestSupport/*.c -ljpeg -lpng16 \
  -o $out/make-pictures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/whole" "$work/damaged" "$work/few"
$out/make-pictures "$work/whole" mixed 1000 200
$out/make-pictures "$work/few" mixed 20 40
$out/make-pictures "$work/damaged" mixed 200 100
# A third is missing: of the last bytes alone a picture needs none.
for picture in "$work"/damaged/*; do
  truncate -s $(($(stat -c %s "$picture") * 2 / 3)) "$picture"
done
cat "$work"/whole/* > "$work/stream"
failures=0
ok() { echo "ok   $1"; }
bad() {
  echo "FAIL $1"
  failures=$((failures + 1))
}

# Unconfined: a confined program could not write the report. The kernel's view below needs no report.
#
# arguments OPERAND... : of the run, in the array `run`: of `classify`, or of `watch` where the first
# operand is that
arguments() {
  if [ "$1" != watch ]; then
    run=(classify "$@")
    return
  fi
  rm -rf "$work/state" "$work/labels"
  run=(watch --once --output "$work/labels" --state "$work/state" "${@:2}")
}

# counted PROGRAM FROM PRELOAD INPUT OPERAND... : runs it; the report is in $work/report, what was
# counted at the end in $work/counts
counted() {
  local program=$1 from=$2 preload=$3 input=$4
  shift 4
  arguments "$@"
  rm -f "$work/report"
  HEAP_GATE_FROM=$from HEAP_GATE_REPORT=$work/report LD_PRELOAD=$preload \
    "$program" "${run[@]}" --model "$model" --format json --no-sandbox \
    < "$input" > "$work/output" 2> "$work/errors" || true
  count_lines
}
count_lines() {
  [ "${run[0]}" = classify ] || mv "$work/labels" "$work/output"
  tail -n 1 "$work/output" > "$work/counts"
}
field() { sed -n "s/^$1 //p" "$work/report" 2> /dev/null; }
has() { grep -q "\"classified\":$1,\"failed\":$2," "$work/counts"; }

# traced PROGRAM FROM PRELOAD INPUT OPERAND... : number of the kernel's memory calls from the first
# line of the trace that FROM matches; -1 where there is no such line
traced() {
  local program=$1 from=$2 preload=$3 input=$4
  shift 4
  arguments "$@"
  strace -f -qq -e trace=brk,mmap,munmap,mremap,open,openat,read -o "$work/trace" \
    ${preload:+-E LD_PRELOAD="$preload"} \
    "$program" "${run[@]}" --model "$model" --format json --no-sandbox \
    < "$input" > "$work/output" 2> "$work/errors" || true
  count_lines
  awk -v from="$from" '
    index($0, from) { started = 1 }
    started && / (brk|mmap|munmap|mremap)\(/ { calls++ }
    END { print started ? calls + 0 : -1 }' "$work/trace"
}

gate=$PWD/$out/heap_gate.so
planted="$gate $PWD/$out/plant.so"
for program; do
  name=${program#.build-device/bin/}
  if [ "$(head -c 4 "$program" | tail -c 3)" != ELF ]; then
    bad "$name: no program"
    continue
  fi
  if readelf -l "$program" | grep -q INTERP; then
    counted "$program" "$work" "$gate" /dev/null "$work/whole" "$work/damaged"
    if [ "$(field started) $(field calls)" = "1 0" ] && [ "$(field opens)" -ge 1200 ] \
      && has 1000 200; then
      ok "$name: 1000 pictures and 200 damaged ones in folders: $(field opens) opens, 0 heap calls"
    else
      bad "$name: files: $(tr '\n' ' ' < "$work/report") $(cat "$work/counts")"
    fi
    counted "$program" - "$gate" "$work/stream" -
    if [ "$(field started) $(field calls)" = "1 0" ] && has 1000 0; then
      ok "$name: 1000 pictures in a stream: 0 heap calls"
    else
      bad "$name: stream: $(tr '\n' ' ' < "$work/report") $(cat "$work/counts")"
    fi
    counted "$program" 0 "$gate" /dev/null watch "$work/whole"
    if [ "$(field started) $(field calls)" = "1 0" ] && [ "$(field opens)" -ge 999 ] && has 1000 0
    then
      ok "$name: 1000 pictures that watch finds: 0 heap calls"
    else
      bad "$name: watch: $(tr '\n' ' ' < "$work/report") $(cat "$work/counts")"
    fi
    # The self-test: exactly the planted call, found by either way in.
    missed=""
    for call in malloc calloc realloc reallocarray free posix_memalign aligned_alloc memalign \
      valloc pvalloc mmap munmap mremap brk sbrk; do
      HEAP_PLANT=$call counted "$program" "$work/few" "$planted" /dev/null "$work/few"
      [ "$(field calls) $(field $call)" = "1 1" ] && has 20 0 || missed+=" $call"
    done
    HEAP_PLANT=malloc counted "$program" - "$planted" "$work/stream" -
    [ "$(field calls) $(field malloc)" = "1 1" ] || missed+=" malloc-in-stream"
    for call in malloc free mmap; do
      HEAP_PLANT_DECODER=1 HEAP_PLANT=$call \
        counted "$program" "$work/few" "$planted" /dev/null "$work/few"
      [ "$(field calls) $(field $call)" = "1 1" ] && has 20 0 || missed+=" $call-in-the-decoder"
    done
    HEAP_PLANT=malloc counted "$program" 0 "$planted" /dev/null watch "$work/few"
    [ "$(field calls) $(field malloc)" = "1 1" ] || missed+=" malloc-in-watch"
    if [ -z "$missed" ]; then
      ok "$name: self-test: one planted call is found, for each of 15 functions and in each process"
    else
      bad "$name: self-test: planted and not found:$missed"
    fi
    export HEAP_GATE_FROM=$work/few
    HEAP_PLANT=mmap calls=$(HEAP_PLANT=mmap traced "$program" "$work/few" "$planted" /dev/null "$work/few")
    unset HEAP_GATE_FROM
    if [ "$calls" = 1 ]; then
      ok "$name: self-test: a planted mmap is found in the kernel's calls"
    else
      bad "$name: self-test: a planted mmap gives $calls kernel calls"
    fi
  fi
  calls=$(traced "$program" "$work" "" /dev/null "$work/whole" "$work/damaged")
  if [ "$calls" = 0 ] && has 1000 200; then
    ok "$name: the kernel's brk, mmap, munmap, mremap while classifying 1200 files: 0"
  else
    bad "$name: kernel: $calls calls, $(cat "$work/counts")"
  fi
  calls=$(traced "$program" '.jpg"' "" /dev/null watch "$work/whole")
  if [ "$calls" = 0 ] && has 1000 0; then
    ok "$name: the same while watching a folder of 1000: 0"
  else
    bad "$name: kernel, watch: $calls calls, $(cat "$work/counts")"
  fi
  calls=$(traced "$program" "read(0, " "" "$work/stream" -)
  if [ "$calls" = 0 ] && has 1000 0; then
    ok "$name: the same while classifying a stream of 1000: 0"
  else
    bad "$name: kernel, stream: $calls calls, $(cat "$work/counts")"
  fi
done
[ $failures = 0 ]
