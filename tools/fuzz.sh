#!/bin/bash
# usage: tools/fuzz.sh [--executions N] [--seconds S] [--codecs] [TARGET...]   (20000 each, all)
# Builds the fuzz targets of Tests/Fuzz with libFuzzer, AddressSanitizer and, for C, undefined
# behaviour as errors, and runs them: jpeg, png, stream (pictures one after the other), model. Seeds
# are made anew by the tests' own encoders and writer; what was found to reach new code is kept in
# .build-fuzz/corpus from run to run. --seconds runs each for so long instead.
# A finding is written to .build-fuzz/findings, and the status is then not 0. To repeat one:
#   .build-fuzz/bin/jpeg .build-fuzz/findings/jpeg-crash-...
# libjpeg, libpng and zlib themselves are Debian's, not instrumented: what they write out of bounds
# shows where it hits a neighbour's red zone through libc, or crashes. --codecs builds them from
# Debian's sources with the same sanitizers and coverage (tools/fuzz/codecs.sh; needs cmake).
set -euo pipefail
shopt -s nullglob
cd "$(dirname "$0")/.."
limit=(-runs=20000)
targets=()
codecs=
while [ $# -gt 0 ]; do
  case $1 in
    --executions) limit=(-runs="$2"); shift 2 ;;
    --seconds) limit=(-max_total_time="$2"); shift 2 ;;
    --codecs) codecs=.build-fuzz/codecs; shift ;;
    jpeg | png | stream | model) targets+=("$1"); shift ;;
    *) sed -n '2s/^# //p' "$0" >&2; exit 2 ;;
  esac
done
[ ${#targets[@]} -gt 0 ] || targets=(jpeg png stream model)
out=.build-fuzz
mkdir -p $out/bin $out/findings
[ -z "$codecs" ] || tools/fuzz/codecs.sh $codecs
tools=$(dirname "$(realpath "$(command -v swift)")")
c_flags=(-O2 -g -Wall -Wextra -Werror)
sanitize=(-fuse-ld=lld -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)

build_pictures() { # NAME OPTION...
  local name=$1 sources=()
  shift
  mapfile -t sources < <(find Sources/CImage -name '*.c' ! -name cimg_pool.c | sort)
  "$tools/clang" "${c_flags[@]}" "${sanitize[@]}" "$@" ${codecs:+-I$codecs/include -L$codecs/lib} \
    -ISources/CImage -ISources/CImage/include "${sources[@]}" \
    Tests/Fuzz/{pool_with_redzones,fuzz_pictures,mutate_pictures}.c \
    -ljpeg -lpng16 -lz -lm -o "$out/bin/$name"
}

# swift_module FOLDER NAME OPTION... SOURCE... : a module's object file and interface
swift_module() {
  local to=$1 name=$2
  shift 2
  "$tools/swiftc" -O -g -wmo -parse-as-library -suppress-warnings -module-name "$name" \
    -emit-module -emit-module-path "$to/$name.swiftmodule" -emit-object -o "$to/$name.o" -I "$to" \
    -Xcc -fmodule-map-file=$out/model/CSystem.modulemap \
    -Xcc -fmodule-map-file=$out/model/CKernels.modulemap "$@"
}

build_model() {
  local module source objects=()
  mkdir -p $out/model
  for module in CSystem CKernels; do
    echo "module $module { umbrella \"$PWD/Sources/$module/include\" export * }" \
      > $out/model/$module.modulemap
    for source in Sources/$module/{*,*/*}.c; do
      objects+=("$out/model/$(basename "$source" .c).o")
      # Null, object sizes and pointer arithmetic are left to AddressSanitizer: in unrolled vector
      # code their checks take minutes to compile.
      printf '%s\0' "$tools/clang" -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
        -fno-sanitize-recover=all -fno-sanitize=vla-bound,null,object-size,pointer-overflow \
        -ISources/$module -ISources/$module/include -c "$source" -o "${objects[-1]}"
    done
  done > $out/model/commands
  xargs -0 -n 12 -P "$(nproc)" env < $out/model/commands
  local checked=(-sanitize=fuzzer,address)
  swift_module $out/model SINFModel "${checked[@]}" Sources/SINFModel/{*,*/*}.swift
  swift_module $out/model SINFRuntime "${checked[@]}" Sources/SINFRuntime/{*,*/*}.swift
  swift_module $out/model FuzzModel "${checked[@]}" Tests/Fuzz/FuzzModel.swift \
    Tests/Support/mutate-models/{ModelSections,RecordMutator,WeightArrays}.swift
  "$tools/clang" "${c_flags[@]}" -c Tests/Fuzz/mutate_model.c -o $out/model/mutate_model.o
  "$tools/swiftc" "${checked[@]}" -use-ld=lld "${objects[@]}" \
    $out/model/{SINFModel,SINFRuntime,FuzzModel,mutate_model}.o -lz -o $out/bin/model
  # The seeds' writer, without sanitizers.
  local writer=$out/writer
  mkdir -p $writer
  swift_module $writer SINFModel Sources/SINFModel/{*,*/*}.swift
  swift_module $writer SINFModelWriter Sources/SINFModelWriter/{*,*/*}.swift
  swift_module $writer WriteModels Tests/Fuzz/WriteModels.swift Tests/SINFModelTests/TinyModel.swift
  for source in Sources/CSystem/files/{csys_crc,crc_fold}.c Sources/CSystem/processes/csys_commit.c \
    Sources/CKernels/portable/i8_panel_sums.c; do
    "$tools/clang" "${c_flags[@]}" -ISources/CSystem{,/include} -ISources/CKernels{,/include} \
      -c "$source" -o "$writer/$(basename "$source" .c).o"
  done
  "$tools/clang" "${c_flags[@]}" -ISources/CSystem/include -c Sources/CSystem/files/csys_map.c \
    -o $writer/csys_map.o
  "$tools/swiftc" -use-ld=lld $writer/*.o -lz -o $out/bin/write-models
}

make_seeds() { # TARGET
  local to=$out/seeds/$1
  mkdir -p "$to"
  case $1 in
    jpeg | png) $out/bin/make-pictures "$to" "$1" 120 24 ;;
    stream) $out/bin/make-pictures "$to" mixed 120 24 ;;
    model) $out/bin/write-models "$to" && cp Tests/SINFModelTests/Golden/*.sinf "$to" ;;
  esac
}

"$tools/clang" "${c_flags[@]}" -ITests/CImageTestSupport/include \
  Tests/Support/make-pictures/make_pictures.c Tests/CImageTestSupport/*.c -ljpeg -lpng16 \
  -o $out/bin/make-pictures
# Short call stacks and a small quarantine make it twice as fast; nothing is found later for it.
export ASAN_OPTIONS=quarantine_size_mb=8:malloc_context_size=2:detect_leaks=0
status=0
for target in "${targets[@]}"; do
  case $target in
    jpeg | png) build_pictures "$target" ;;
    stream) build_pictures stream -DFUZZ_STREAM ;;
    model) build_model ;;
  esac
  make_seeds "$target"
  mkdir -p "$out/corpus/$target"
  length=2048
  [ "$target" = jpeg ] || [ "$target" = png ] || length=8192
  log=$out/$target.log
  if "$out/bin/$target" "${limit[@]}" -max_len=$length -timeout=10 -print_final_stats=1 \
    -artifact_prefix="$out/findings/$target-" "$out/corpus/$target" "$out/seeds/$target" \
    > "$log" 2>&1; then
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") executions," \
      "nothing found"
  else
    status=1
    echo "$target: found something; the whole log is $log"
    grep -E 'broken:|ERROR|SUMMARY|Fatal|Test unit written|libFuzzer' "$log" | head -20
  fi
done
exit $status
