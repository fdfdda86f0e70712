import SINFModel
import SINFModelWriter

// usage: write-models FOLDER
// Seeds for fuzzing model files: the routed and the plain model of the format's tests. Compiled
// together with Tests/SINFModelTests/TinyModel.swift by tools/fuzz.sh.

import Foundation

@main struct WriteModels {
  static func main() throws {
    let folder = URL(fileURLWithPath: CommandLine.arguments[1])
    for (name, model) in [("routed", TinyModel.description), ("plain", TinyModel.plain)] {
      try Data(try ModelWriter.bytes(for: model))
        .write(to: folder.appendingPathComponent("\(name).sinf"))
    }
  }
}
