#!/bin/bash
# usage: tools/fuzz/codecs.sh DESTINATION
# Debian's sources of libjpeg-turbo, libpng and zlib, with Debian's patches, built with
# AddressSanitizer, undefined behaviour as errors and coverage for libFuzzer, as static libraries in
# DESTINATION/lib with their headers in DESTINATION/include. libjpeg-turbo is built without SIMD:
# assembler can't be instrumented. Needs dpkg-dev and cmake, and the package sources that apt has.
set -euo pipefail
destination=$(realpath -m "$1")
tools=$(dirname "$(realpath "$(command -v swift)")")
for needed in cmake dpkg-source; do
  if ! command -v $needed > /dev/null; then
    echo "codecs: no '$needed' on PATH: apt-get install cmake dpkg-dev" >&2
    exit 1
  fi
done
work=$destination/build
mkdir -p "$destination"/{include,lib} "$work"/{state/lists/partial,cache/archives/partial}

fetch_sources() {
  # This machine's own package sources, read as sources of source packages.
  { cat /etc/apt/sources.list{,.d/*.list} 2> /dev/null || true; } |
    sed -n 's/^deb /deb-src /p' > "$work/sources.list"
  mkdir -p "$work/sources.list.d"
  local file
  for file in /etc/apt/sources.list.d/*.sources; do
    [ ! -e "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" \
      > "$work/sources.list.d/$(basename "$file")"
  done
  local options=(-o Dir::Etc::SourceList="$work/sources.list"
    -o Dir::Etc::SourceParts="$work/sources.list.d" -o Dir::State::Lists="$work/state/lists"
    -o Dir::Cache="$work/cache" -o Acquire::Retries=3)
  [ "$(id -u)" != 0 ] || options+=(-o APT::Sandbox::User=root)
  apt-get -qq "${options[@]}" update ||
    echo "codecs: an index of sources could not be read; going on" >&2
  local package version
  for package in zlib libpng1.6 libjpeg-turbo; do
    # A mirror may have dropped the newest version's source already: then the one before it.
    for version in $(apt-cache "${options[@]}" showsrc --only-source $package |
      sed -n 's/^Version: //p' | sort -rVu); do
      (cd "$work" && apt-get -qq "${options[@]}" source "$package=$version" > /dev/null) && break
    done
    if ! compgen -G "$work/$package-*/" > /dev/null; then
      echo "codecs: no source of $package could be fetched" >&2
      exit 1
    fi
  done
}
compgen -G "$work/libjpeg-turbo-*/" > /dev/null || fetch_sources

# UndefinedBehaviorSanitizer without what these libraries do on purpose: unsigned arithmetic through
# shifts of negative numbers, and calls through their own older function types.
flags=(-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
  -fno-sanitize=shift,function,alignment,pointer-overflow)

# library NAME SOURCE... : compiled in this folder and archived
library() {
  local name=$1
  shift
  mkdir -p objects
  printf '%s\n' "$@" | xargs -P "$(nproc)" -I '{}' sh -c \
    '"$0" "$@" -c "{}" -o "objects/$(basename "{}" .c).o"' "$tools/clang" "${flags[@]}" -w \
    -I. -I"$destination/include" -D_FILE_OFFSET_BITS=64 -DHAVE_UNISTD_H -DPNG_INTEL_SSE_OPT=0
  rm -f "$destination/lib/lib$name.a"
  "$tools/llvm-ar" rcs "$destination/lib/lib$name.a" objects/*.o
}
cd "$work"/zlib-*/
cp zlib.h zconf.h "$destination/include"
library z adler32.c crc32.c deflate.c inflate.c inftrees.c inffast.c trees.c zutil.c compress.c \
  uncompr.c infback.c
cd "$work"/libpng1.6-*/
cp scripts/pnglibconf.h.prebuilt pnglibconf.h
cp png.h pngconf.h pnglibconf.h "$destination/include"
library png16 png.c pngerror.c pngget.c pngmem.c pngpread.c pngread.c pngrio.c pngrtran.c \
  pngrutil.c pngset.c pngtrans.c pngwio.c pngwrite.c pngwtran.c pngwutil.c
cd "$work"/libjpeg-turbo-*/
cmake -S . -B sanitized -DCMAKE_C_COMPILER="$tools/clang" -DCMAKE_C_FLAGS="${flags[*]}" \
  -DCMAKE_BUILD_TYPE=None -DWITH_SIMD=0 -DENABLE_SHARED=0 -DWITH_TURBOJPEG=0 \
  -DWITH_JPEG8=0 -DWITH_ARITH_DEC=1 -DWITH_ARITH_ENC=1 > "$work/libjpeg.log"
cmake --build sanitized --target jpeg-static -j "$(nproc)" >> "$work/libjpeg.log"
cp sanitized/libjpeg.a "$destination/lib"
cp jpeglib.h jmorecfg.h jerror.h sanitized/jconfig.h "$destination/include"
