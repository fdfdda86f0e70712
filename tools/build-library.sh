#!/bin/bash
# usage: tools/build-library.sh      (x86_64)
# Builds the C library as Embedded Swift into .build-device/lib/x86_64:
#   include/sinf.h   lib/libsinf.a   lib/libsinf.so.0   lib/pkgconfig/sinf.pc   lib/cmake/sinf
# Both hold one object in which nothing but sinf_* can be seen; libjpeg, libpng and zlib are the
# system's (libjpeg62-turbo, libpng16-16, zlib1g).
set -euo pipefail
cd "$(dirname "$0")/.."
tools/make-sdk.sh .build-sdks > /dev/null
tools=$(dirname "$(realpath "$(command -v swift)")")
sysroot=.build-sdks/sinf.artifactbundle/sinf-x86_64/sysroot
to=.build-device/lib/x86_64
log=.build-device/lib-x86_64.log
mkdir -p "$to/include" "$to/lib/pkgconfig"
if ! swift build --swift-sdks-path .build-sdks --swift-sdk sinf-x86_64 -c release \
  --product libsinf --scratch-path .build-device > "$log" 2>&1; then
  cat "$log" >&2
  echo "build-library: libsinf does not build" >&2
  exit 1
fi
object=.build-device/libsinf-x86_64.o
"$tools/ld.lld" -r --whole-archive \
  "$(find .build-device/x86_64-unknown-linux-gnu/release/ -maxdepth 1 -name '*libsinf.a')" -o "$object"
# Hashes of modules have folders' names in them; nobody reads them.
"$tools/llvm-objcopy" --wildcard --keep-global-symbol='sinf_*' \
  --remove-section=.swift_modhash "$object"
rm -f "$to/lib/libsinf.a"
"$tools/llvm-ar" rcsD "$to/lib/libsinf.a" "$object"
"$tools/clang" --target=x86_64-unknown-linux-gnu --sysroot="$sysroot" -fuse-ld=lld -shared \
  -Wl,--gc-sections -Wl,-soname,libsinf.so.0 -Wl,--no-undefined -Wl,-z,relro,-z,now \
  "$object" -ljpeg -lpng16 -lz -lm -lpthread -o "$to/lib/libsinf.so.0"
ln -sf libsinf.so.0 "$to/lib/libsinf.so"
cp include/sinf.h "$to/include/"
mkdir -p "$to/lib/cmake/sinf"
cp packaging/library/sinf-config.cmake "$to/lib/cmake/sinf/"
sed "s/@VERSION@/$(tools/version.sh)/" packaging/library/sinf-config-version.cmake \
  > "$to/lib/cmake/sinf/sinf-config-version.cmake"
sed "s/VERSION/$(tools/version.sh)/" > "$to/lib/pkgconfig/sinf.pc" <<'PC'
prefix=${pcfiledir}/../..
Name: sinf
Description: image classification in a fixed block of memory
Version: VERSION
Cflags: -I${prefix}/include
Libs: -L${prefix}/lib -lsinf
Libs.private: -ljpeg -lpng16 -lz -lm -lpthread
PC
