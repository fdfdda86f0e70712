// swift-tools-version:6.2
import PackageDescription

// Two programs share one package. The device modules also build as Embedded Swift through the SDKs
// of tools/make-sdk.sh; the host's are ordinary Swift. With SINF_DEVICE=1 in the environment the
// package is the device's half alone, which builds and tests in a third of the time.
let isDeviceOnly = Context.environment["SINF_DEVICE"] == "1"

// With SINF_PLANTED=1 the decoding process has faults that pictures ask for, to see what they cost
// (tools/check-decoder.sh). Nothing that is built so is shipped.
let isPlanted = Context.environment["SINF_PLANTED"] == "1"

let device: [Target] = [
  // C.
  .target(name: "CKernels", cSettings: [.headerSearchPath(".")]),
  .target(
    name: "CSystem", cSettings: [.headerSearchPath(".")], linkerSettings: [.linkedLibrary("z")]),
  .target(
    name: "CImage", cSettings: [.headerSearchPath(".")],
    linkerSettings: [
      .linkedLibrary("jpeg"), .linkedLibrary("png16"), .linkedLibrary("z"), .linkedLibrary("m"),
    ]),
  .target(
    name: "CDecoder", dependencies: ["CImage", "CSystem"],
    cSettings: [.headerSearchPath(".")] + (isPlanted ? [.define("CDEC_PLANTED")] : [])),
  // Swift, no heap-allocated value.
  .target(name: "SINFModel", dependencies: ["CKernels", "CSystem"]),
  .target(name: "SINFRuntime", dependencies: ["CKernels", "CSystem", "SINFModel"]),
  .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
  .target(
    name: "SINFSignature", dependencies: ["CSodium", "CSystem", "SINFModel"],
    linkerSettings: [.linkedLibrary("sodium")]),
  .target(name: "SINFSystem", dependencies: ["CSystem"]),
  .target(
    name: "SINFPictures",
    dependencies: ["CDecoder", "CImage", "CSystem", "SINFModel", "SINFSystem"]),
  .target(name: "SINFWatch", dependencies: ["CSystem", "SINFPictures", "SINFSystem"]),
  // The C library: its header is include/sinf.h, tools/build-library.sh makes it.
  .systemLibrary(name: "CSINF", path: "include"),
  .target(
    name: "SINFLibrary",
    dependencies: ["CImage", "CSINF", "CSystem", "SINFModel", "SINFPictures", "SINFRuntime"]),
  .executableTarget(
    name: "sinf",
    dependencies: [
      "CImage", "CSystem", "SINFModel", "SINFPictures", "SINFRuntime", "SINFSignature",
      "SINFSystem", "SINFWatch",
    ]),
]

// The writer is the host's; the device's tests write models with it.
let writer: [Target] = [
  .target(name: "SINFModelWriter", dependencies: ["SINFModel", "CSystem"]),
  .target(name: "SINFSigning", dependencies: ["CSodium", "SINFModel", "SINFSignature"]),
]

let host: [Target] = [
  .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
  .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
  .systemLibrary(name: "CPNG", providers: [.apt(["libpng-dev"])]),
  .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
  .target(
    name: "ONNX", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
    exclude: ["README.md", "onnx.proto"]),
  .target(name: "SINFGraph", dependencies: ["COpenBLAS"]),
  .target(name: "ONNXImporter", dependencies: ["ONNX", "SINFGraph"]),
  .target(name: "ONNXExporter", dependencies: ["ONNX", "SINFGraph"]),
  .target(
    name: "SINFCompiler",
    dependencies: [
      "CArchive", "COpenBLAS", "COpenSSL", "SINFGraph", "SINFModel", "SINFModelWriter",
      "SINFPictures", "SINFRuntime",
    ]),
  .executableTarget(
    name: "sinfc",
    dependencies: [
      "CPNG", "ONNXExporter", "ONNXImporter", "SINFCompiler", "SINFGraph", "SINFModel",
      "SINFModelWriter", "SINFSigning",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
]

// Tests mirror the sources; what they need beyond them is not shipped.
let deviceTests: [Target] = [
  .target(name: "TestPrograms", path: "Tests/Support/TestPrograms"),
  .executableTarget(
    name: "confinement-probe", dependencies: ["CSystem"], path: "Tests/Support/confinement-probe"),
  .testTarget(name: "CSystemTests", dependencies: ["TestPrograms", "confinement-probe"]),
  .testTarget(name: "CKernelsTests", dependencies: ["CKernels"]),
  .testTarget(
    name: "SINFModelTests", dependencies: ["CSystem", "SINFModel", "SINFModelWriter"],
    exclude: ["Golden"]),
  .executableTarget(
    name: "mutate-models", dependencies: ["CSystem", "SINFModel", "SINFRuntime"],
    path: "Tests/Support/mutate-models"),
  .testTarget(
    name: "SINFRuntimeTests",
    dependencies: [
      "CKernels", "CSystem", "SINFModel", "SINFModelWriter", "SINFRuntime", "TestPrograms",
      "mutate-models",
    ]),
  .testTarget(
    name: "SINFSignatureTests", dependencies: ["SINFModel", "SINFSignature", "SINFSigning"]),
  .testTarget(name: "SINFSystemTests", dependencies: ["SINFSystem"]),
  .target(
    name: "CImageTestSupport", path: "Tests/CImageTestSupport",
    linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png16")]),
  .executableTarget(
    name: "dump-frame", dependencies: ["SINFModel", "SINFPictures"],
    path: "Tests/Support/dump-frame"),
  .testTarget(name: "CImageTests", dependencies: ["CImage", "CImageTestSupport"]),
  .testTarget(
    name: "SINFPicturesTests",
    dependencies: ["CImageTestSupport", "CSystem", "SINFModel", "SINFPictures"]),
  .testTarget(
    name: "SINFWatchTests", dependencies: ["CSystem", "SINFPictures", "SINFSystem", "SINFWatch"]),
  // Tests of the program itself, on whatever build SINF_PROGRAM names.
  .testTarget(name: "sinfTests", dependencies: ["TestPrograms", "sinf"]),
]

let hostTests: [Target] = [
  .systemLibrary(
    name: "CZlib", path: "Tests/Support/CZlib", providers: [.apt(["zlib1g-dev"])]),
  .testTarget(name: "SINFGraphTests", dependencies: ["SINFGraph"]),
  .testTarget(name: "ONNXImporterTests", dependencies: ["ONNX", "ONNXImporter", "SINFGraph"]),
  .testTarget(
    name: "ONNXExporterTests", dependencies: ["ONNXExporter", "ONNXImporter", "SINFGraph"]),
  .executableTarget(
    name: "run-onnx", dependencies: ["ONNXImporter", "SINFGraph"], path: "Tests/Support/run-onnx"),
  .testTarget(
    name: "SINFCompilerTests",
    dependencies: [
      "CArchive", "CZlib", "SINFCompiler", "SINFGraph", "SINFModel", "SINFModelWriter",
      "SINFRuntime",
    ]),
  .testTarget(
    name: "sinfcTests",
    dependencies: [
      "CImageTestSupport", "ONNX", "ONNXExporter", "ONNXImporter", "SINFCompiler", "SINFGraph",
      "TestPrograms", "sinf", "sinfc",
    ]),
]

let package = Package(
  name: "sinf",
  products: [
    .executable(name: "sinf", targets: ["sinf"]),
    .library(name: "libsinf", type: .static, targets: ["SINFLibrary"]),
  ]
    + (isDeviceOnly ? [] : [.executable(name: "sinfc", targets: ["sinfc"])]),
  // Exact versions: one commit is one program (docs/packages.md).
  dependencies: isDeviceOnly
    ? []
    : [
      .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
      .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    ],
  targets: device + writer + deviceTests + (isDeviceOnly ? [] : host + hostTests)
)
