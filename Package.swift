// swift-tools-version:6.2
import PackageDescription

// Two programs share one package. The device modules (CKernels ... sinf) also build as Embedded
// Swift through the SDKs of tools/make-sdk.sh; everything below "host" is ordinary Swift.

let package = Package(
  name: "sinf",
  products: [
    .executable(name: "sinf", targets: ["sinf"]),
    .executable(name: "sinfc", targets: ["sinfc"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // Device: C.
    .target(name: "CKernels"),
    .target(name: "CSystem", linkerSettings: [.linkedLibrary("z")]),
    .target(
      name: "CImage",
      linkerSettings: [
        .linkedLibrary("jpeg"), .linkedLibrary("png16"), .linkedLibrary("z"), .linkedLibrary("m"),
      ]),
    // Device: Swift, no heap-allocated value.
    .target(name: "SINFModel", dependencies: ["CSystem"]),
    .target(name: "SINFRuntime", dependencies: ["CKernels", "CSystem", "SINFModel"]),
    .target(name: "SINFCapture", dependencies: ["CImage", "CSystem", "SINFRuntime", "SINFModel"]),
    .executableTarget(
      name: "sinf", dependencies: ["CSystem", "SINFCapture", "SINFRuntime", "SINFModel"]),

    // Host: the compiler.
    .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "SINFModelWriter", dependencies: ["SINFModel", "CSystem"]),
    .target(
      name: "ONNX",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["README.md", "onnx.proto"]),
    .target(name: "SINFGraph", dependencies: ["COpenBLAS"]),
    .target(name: "ONNXImporter", dependencies: ["ONNX", "SINFGraph"]),
    .target(
      name: "SINFCompiler",
      dependencies: [
        "COpenBLAS", "COpenSSL", "CZlib", "SINFCapture", "SINFGraph", "SINFModel",
        "SINFModelWriter",
        "SINFRuntime",
      ]),
    .executableTarget(
      name: "sinfc",
      dependencies: [
        "ONNXImporter", "SINFCompiler", "SINFGraph", "SINFModel", "SINFModelWriter",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Tests mirror the sources; what they need beyond them is not shipped.
    .executableTarget(
      name: "confinement-probe", dependencies: ["CSystem"],
      path: "Tests/Support/confinement-probe"),
    .testTarget(name: "CSystemTests", dependencies: ["confinement-probe"]),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"]),
    .testTarget(
      name: "SINFModelTests", dependencies: ["CSystem", "SINFModel", "SINFModelWriter"],
      exclude: ["Golden"]),
    .testTarget(
      name: "SINFRuntimeTests",
      dependencies: ["CSystem", "SINFModel", "SINFModelWriter", "SINFRuntime"]),
    .target(
      name: "CImageTestSupport", path: "Tests/CImageTestSupport",
      linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png16")]),
    .executableTarget(
      name: "dump-frame", dependencies: ["SINFCapture", "SINFModel"],
      path: "Tests/Support/dump-frame"),
    .testTarget(name: "CImageTests", dependencies: ["CImage", "CImageTestSupport"]),
    .testTarget(
      name: "SINFCaptureTests",
      dependencies: ["CImageTestSupport", "CSystem", "SINFCapture", "SINFModel"]),
    .testTarget(name: "SINFGraphTests", dependencies: ["SINFGraph"]),
    .testTarget(name: "ONNXImporterTests", dependencies: ["ONNX", "ONNXImporter", "SINFGraph"]),
    .executableTarget(
      name: "run-onnx", dependencies: ["ONNXImporter", "SINFGraph"],
      path: "Tests/Support/run-onnx"),
    .testTarget(
      name: "SINFCompilerTests",
      dependencies: [
        "CZlib", "SINFCompiler", "SINFGraph", "SINFModel", "SINFModelWriter", "SINFRuntime",
      ]),
    // Tests of the program itself, on whatever build SINF_PROGRAM names.
    .testTarget(name: "sinfTests", dependencies: ["sinf"]),
    .testTarget(
      name: "sinfcTests",
      dependencies: [
        "CImageTestSupport", "ONNX", "ONNXImporter", "SINFCompiler", "SINFGraph", "sinf", "sinfc",
      ]),
  ]
)
