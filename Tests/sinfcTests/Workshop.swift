import Foundation
import SINFCompiler

/// A network and pictures for the tests to share, made once.
struct Workshop: Sendable {
  let folder: TemporaryFolder
  var network: String { folder.file("stripes.onnx") }
  var data: String { folder.file("pictures") }

  /// Pictures of each class in `data` that can be read.
  static let perClass = 24

  static let shared: Result<Workshop, any Error> = Result { try Workshop() }

  private init() throws {
    folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 1)
    var pixels: [UInt8] = [], labels: [Int] = []
    for i in 0..<240 {
      labels.append(i % 6)
      pixels += Stripes.picture(of: i % 6, &generator)
    }
    try folder.write(
      "stripes.onnx",
      try TinyNetwork.file(channels: 3, classes: 6, pixels: pixels, labels: labels))
    try Stripes.write(Self.perClass, to: folder, "pictures", seed: 2)
    try folder.write("pictures/red-rows/broken.png", Array(Stripes.png(pixels).prefix(60)))
    try folder.write("pictures/notes.txt", "nothing to see")
    // The object is never released: the process holds it to its end.
    let path = folder.path
    Self.leftover = path
    atexit { try? FileManager.default.removeItem(atPath: Workshop.leftover) }
  }

  nonisolated(unsafe) private static var leftover = ""

  /// `sinfc compile` of the shared network, without progress.
  func compile(_ arguments: [String], to output: String) throws -> Program.Result {
    try Program.sinfc(
      ["compile", network, "--data", data, "--output", output, "--quiet"] + arguments)
  }
}
