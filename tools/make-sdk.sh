#!/bin/bash
# usage: tools/make-sdk.sh [DESTINATION]      (default: .build-sdks)
# Writes DESTINATION/sinf.artifactbundle with three Swift SDKs for the device builds of sinf:
#   sinf-aarch64   64-bit ARM, from Cortex-A53 on
#   sinf-armv7     32-bit ARM, hard float and NEON, from Cortex-A8 on
#   sinf-x86_64    the same Embedded Swift build for a PC
# each with its own Debian sysroot. Needs apt-get, dpkg-deb and the Swift toolchain; no cross compiler.
#   swift build --swift-sdks-path .build-sdks --swift-sdk sinf-aarch64 -c release --product sinf \
#     --scratch-path .build-device
# tools/build-device.sh does that and links a static program as well.
set -euo pipefail
cd "$(dirname "$0")/.."
bundle=$(realpath -m "${1:-.build-sdks}")/sinf.artifactbundle
artifacts=""

# write_sdk NAME DEBIAN-ARCHITECTURE SWIFT-TRIPLE CLANG-TRIPLE C-FLAGS SWIFT-FLAGS
write_sdk() {
  local name=$1 architecture=$2 swift_triple=$3 clang_triple=$4 c_flags=$5 swift_flags=$6
  local directory=$bundle/$name
  mkdir -p "$directory"
  # Anew where another list of packages was unpacked.
  if ! cmp -s tools/sdk/sysroot.sh "$directory/sysroot/made-by.sh"; then
    echo "make-sdk: unpacking the $architecture sysroot" >&2
    tools/sdk/sysroot.sh "$architecture" "$directory/sysroot"
    cp tools/sdk/sysroot.sh "$directory/sysroot/made-by.sh"
  fi
  cat > "$directory/swift-sdk.json" <<JSON
{
  "schemaVersion": "4.0",
  "targetTriples": {
    "$swift_triple": { "sdkRootPath": "sysroot", "toolsetPaths": ["toolset.json"] }
  }
}
JSON
  # The C options reach clang itself and, as -Xcc, Swift's C importer and code generator.
  cat > "$directory/toolset.json" <<JSON
{
  "schemaVersion": "1.0",
  "cCompiler": {
    "extraCLIOptions": ["--target=$clang_triple", "-ffunction-sections", "-fdata-sections"$c_flags]
  },
  "swiftCompiler": {
    "extraCLIOptions": [
      "-enable-experimental-feature", "Embedded", "-wmo", "-clang-target", "$clang_triple",
      "-Xfrontend", "-function-sections", "-Xfrontend", "-disable-stack-protector",
      "-enforce-exclusivity=unchecked"$swift_flags,
      "-use-ld=lld", "-Xclang-linker", "--target=$clang_triple"
    ]
  },
  "linker": { "extraCLIOptions": ["--gc-sections"] }
}
JSON
  artifacts+="${artifacts:+,}
    \"$name\": { \"type\": \"swiftSDK\", \"version\": \"1.0\", \"variants\": [{ \"path\": \"$name\" }] }"
}

# -no-allocations makes the compiler refuse any Swift code that would need the heap. On armv7 it also
# refuses plain conversions between integers and floats; tools/check-heap.sh is the proof there.
no_heap=', "-no-allocations"'
write_sdk sinf-aarch64 arm64 aarch64-none-none-elf aarch64-unknown-linux-gnu "" "$no_heap"
# NEON with VFPv3, all that a Cortex-A8 has: VFPv4 would add fused operations, which may not be used.
write_sdk sinf-armv7 armhf armv7-none-none-eabi armv7-unknown-linux-gnueabihf \
  ', "-mfloat-abi=hard", "-mfpu=neon"' ""
write_sdk sinf-x86_64 amd64 x86_64-unknown-linux-gnu x86_64-unknown-linux-gnu "" "$no_heap"
cat > "$bundle/info.json" <<JSON
{
  "schemaVersion": "1.0",
  "artifacts": {$artifacts
  }
}
JSON
echo "$bundle"
