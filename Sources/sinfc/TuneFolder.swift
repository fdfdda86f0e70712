import Foundation
import ONNXExporter
import ONNXImporter
import SINFCompiler
import SINFGraph

/// What `sinfc thin` leaves for tools/tune/tune.py: both networks, images and how they are shown.
struct TuneFolder {
  let path: String

  /// Settings as the tool reads them.
  private struct Settings: Codable {
    var split: String
    var side: Int
    var mean: [Float]
    var deviation: [Float]
    var mirrors: Bool
  }

  func write(_ thin: ThinNetwork, of compilation: Compilation, mirrors: Bool) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Failure(path, "the folder can't be made: \(error.localizedDescription)")
    }
    let base = compilation.base
    try put("base.onnx", try ONNXExporter.bytes(of: base.graph, name: base.name))
    try put("thin.onnx", try ONNXExporter.bytes(of: thin.graph, name: base.name))
    let images = compilation.images, fit = compilation.split.fit
    try put(
      "images.npy",
      Self.array("|u1", [fit.count, images.height, images.width, images.channels])
        + images.bytes(of: fit))
    try put(
      "labels.npy",
      Self.array("<u4", [fit.count])
        + fit.flatMap { withUnsafeBytes(of: UInt32(images.labels[$0]).littleEndian, Array.init) })
    // The tool divides bytes by 255, whatever the network's own scale is.
    let normalization = base.normalization
    let unit = normalization.scale * 255
    let settings = Settings(
      split: thin.graph[thin.split].name, side: compilation.options.routePooledSide,
      mean: normalization.mean.map { $0 / unit }, deviation: normalization.std.map { $0 / unit },
      mirrors: mirrors)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try put("tune.json", Array(try encoder.encode(settings)))
  }

  /// What the tool trained.
  func network() throws -> TunedNetwork {
    TunedNetwork(graph: try graph("tuned.onnx"), route: try graph("route.onnx"))
  }

  /// The name of the tensor to split at.
  func split() throws -> String {
    let file = path + "/tune.json"
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: file))
      return try JSONDecoder().decode(Settings.self, from: data).split
    } catch {
      throw Failure(file, "can't be read as what 'sinfc thin' writes: \(error)")
    }
  }

  private func graph(_ name: String) throws -> Graph {
    let file = path + "/" + name
    guard FileManager.default.fileExists(atPath: file) else {
      throw Failure(file, "is not there; tools/tune/tune.py \(path) writes it")
    }
    return try ONNXImporter.load(path: file).graph
  }

  private func put(_ name: String, _ bytes: [UInt8]) throws {
    try FileOutput.write(bytes, to: path + "/" + name)
  }

  /// The header of a NumPy array (version 1.0 of its format) in C order.
  private static func array(_ type: String, _ shape: [Int]) -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    let count = text.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(count & 255), UInt8(count >> 8)]
      + Array(text.utf8)
  }
}
