#!/bin/bash
# usage: tools/check-library.sh PROGRAM
# The C library of tools/build-library.sh, as a C program sees it: what it exports, an example built
# through pkg-config against libsinf.so and libsinf.a, answers that are those of PROGRAM (a sinf),
# two threads, errors, and no heap call after opening. Ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1
model=Tests/SINFModelTests/Golden/tiny-v1.sinf
[ ! -e samples/cifar100.sinf ] || model=samples/cifar100.sinf
library=$PWD/.build-device/lib/x86_64
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools=$(dirname "$(realpath "$(command -v swift)")")
export PKG_CONFIG_PATH=$library/lib/pkgconfig LD_LIBRARY_PATH=$library/lib
passed=0
failed=0
ok() { echo "ok   $1" && passed=$((passed + 1)); }
bad() { echo "FAIL $1" && failed=$((failed + 1)); }
check() { # NAME COMMAND...
  local name=$1
  shift
  if "$@"; then ok "$name"; else bad "$name"; fi
}

exported() { "$tools/llvm-nm" "$@" --defined-only --extern-only --format=just-symbols; }
only_own() {
  local names
  names=$(exported "$@" | grep -v ':$' | grep -v '^$') || return 1
  [ "$(grep -c '^sinf_' <<< "$names")" = 11 ] && ! grep -v '^sinf_' <<< "$names"
}
check "libsinf.so exports the 11 functions of sinf.h and nothing else" \
  only_own -D "$library/lib/libsinf.so.0"
check "libsinf.a exports the 11 functions of sinf.h and nothing else" \
  only_own "$library/lib/libsinf.a"

warnings=(-std=c11 -O1 -Wall -Wextra -Werror -D_POSIX_C_SOURCE=200809L)
read -ra shared <<< "$(pkg-config --cflags --libs sinf)"
read -ra static <<< "$(pkg-config --static --libs-only-l sinf)"
"$tools/clang" "${warnings[@]}" examples/classify.c "${shared[@]}" -o "$work/shared"
"$tools/clang" "${warnings[@]}" examples/classify.c "${shared[0]}" "$library/lib/libsinf.a" \
  "${static[@]:1}" -o "$work/static"
"$tools/clang" "${warnings[@]}" Tests/Library/check_library.c "${shared[@]}" -lpthread \
  -o "$work/check"

# Pictures of noise as PNG and, of the same pixels, as PPM and PGM.
python3 - "$work" <<'PYTHON'
import random, struct, sys, zlib
random.seed(1)
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
for number in range(12):
    width, height, channels = random.randint(1, 300), random.randint(1, 300), (3, 1)[number % 2]
    base = [random.randrange(256) for _ in range(7 * channels)]
    rows = [bytes((base[(x + y * x // 9) % len(base)] + random.randrange(40)) & 255
                  for x in range(width * channels)) for y in range(height)]
    with open(f"{sys.argv[1]}/{number}.png", "wb") as file:
        header = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 0, 0, 0, 0)
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
                   + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
                   + chunk(b"IEND", b""))
    with open(f"{sys.argv[1]}/{number}.raw", "wb") as file:
        file.write(b"P%d %d %d 255\n" % (6 if channels == 3 else 5, width, height) + b"".join(rows))
PYTHON

# What the program says, as the example writes it.
"$program" classify --model "$model" --format json "$work"/*.png > "$work/json"
python3 - "$work" <<'PYTHON' > "$work/expected"
import json, sys
for line in open(sys.argv[1] + "/json"):
    answer = json.loads(line)
    if answer["status"] != "classified":
        continue
    best = answer["labels"][0]
    cluster = answer["cluster"]["index"] if answer["cluster"] else -1
    name = best["label"]
    share = best["probability"]
    index = best["class"]
    print(f"{name} {share:.6f} class {index}, {answer['path']}, cluster {cluster}")
PYTHON
same() { # PROGRAM PICTURE...
  "$@" | sed 's/^[^:]*: //' | diff - "$work/expected" && [ "$(wc -l < "$work/expected")" = 12 ]
}
check "files through libsinf.so: sinf's answers" same "$work/shared" "$model" "$work"/*.png
check "files through libsinf.a: sinf's answers" same "$work/static" "$model" "$work"/*.png
check "pixels through libsinf.so: sinf's answers" same "$work/shared" "$model" "$work"/*.raw
check "BGR, strides, errors, an arena byte by byte, two threads" "$work/check" "$model"

cmake_builds() {
  cmake -S Tests/Library/cmake -B "$work/cmake" -DEXAMPLES="$PWD/examples" \
    -DCMAKE_PREFIX_PATH="$library" -DCMAKE_C_COMPILER="$tools/clang" \
    -DCMAKE_CXX_COMPILER="$tools/clang++" > "$work/cmake.log" 2>&1 &&
    cmake --build "$work/cmake" >> "$work/cmake.log" 2>&1 || { cat "$work/cmake.log" && false; }
}
check "CMake finds the library and builds the examples in C and C++" cmake_builds
check "files through CMake's program: sinf's answers" \
  same "$work/cmake/classify-c" "$model" "$work"/*.png
check "files through CMake's static program: sinf's answers" \
  same "$work/cmake/classify-static" "$model" "$work"/*.png
same_labels() { # PROGRAM : label and share
  "$1" "$model" "$work"/*.png | sed 's/^[^:]*: //; s/, [0-9.]* ms$//' |
    diff - <(sed 's/ class .*//' "$work/expected")
}
check "files through the example in C++: sinf's answers" same_labels "$work/cmake/classify-cpp"
older() {
  ! cmake -S Tests/Library/cmake -B "$work/other" -DEXAMPLES="$PWD/examples" \
    -DCMAKE_PREFIX_PATH="$work/other-prefix" > "$work/cmake.log" 2>&1 &&
    grep -q 'version: [0-9.]*' "$work/cmake.log"
}
mkdir -p "$work/other-prefix/lib/cmake"
cp -R "$library/lib/cmake/sinf" "$work/other-prefix/lib/cmake/sinf"
sed -i 's/"[0-9.]*"/"0.2.0"/' "$work/other-prefix/lib/cmake/sinf/sinf-config-version.cmake"
check "CMake refuses a library of another minor version" older

head -c 200 "$work/0.png" > "$work/cut.png"
refused() { ! "$work/shared" "$model" "$1" > "$work/out" 2> "$work/err" && grep -q "$2" "$work/err"; }
check "a picture cut off is an error with a text" refused "$work/cut.png" 'cut.png: .*end'
cp "$model" "$work/broken.sinf"
printf '\377' | dd of="$work/broken.sinf" bs=1 seek=40 conv=notrunc status=none
broken() { ! "$work/shared" "$work/broken.sinf" x 2> "$work/err" && grep -q 'byte' "$work/err"; }
check "a changed model is refused with a place" broken

"$tools/clang" -O1 -fno-builtin -shared -fPIC Tests/HeapGate/heap_gate.c -ldl -o "$work/gate.so"
"$tools/clang" "${warnings[@]}" examples/classify.c Tests/Library/end.c "${shared[@]}" \
  -o "$work/gated"
no_heap() {
  HEAP_GATE_FROM=$work HEAP_GATE_REPORT=$work/report LD_PRELOAD=$work/gate.so \
    "$work/gated" "$PWD/$model" "$work"/*.png "$work"/*.raw "$work/cut.png" > /dev/null 2>&1 || true
  sed 's/^/     /' "$work/report"
  grep -qx 'started 1' "$work/report" && grep -qx 'opens 25' "$work/report" \
    && ! grep -qxE '(malloc|calloc|realloc|posix_memalign|mmap|brk) [1-9].*' "$work/report"
}
check "25 pictures after opening: not one allocation" no_heap
echo "$passed passed, $failed failed"
[ $failed = 0 ]
