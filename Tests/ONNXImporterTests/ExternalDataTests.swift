import Foundation
import ONNX
import SINFGraph
import SwiftProtobuf
import Testing

@testable import ONNXImporter

@Suite struct ExternalDataTests {
  /// The small classifier in a folder of its own, its convolution's weights in `weights.bin` from
  /// byte 64 on.
  private func withModel(
    _ change: (inout Onnx_TensorProto) -> Void = { _ in },
    _ body: (URL, ModelWriter) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("sinf-onnx-\(UUID().uuidString)/model")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
    let original = smallClassifier()
    var writer = original
    let weights = writer.model.graph.initializer[0].rawData
    for place in ["weights.bin", "../weights.bin"] {
      try (Data(count: 64) + weights).write(to: folder.appendingPathComponent(place))
    }
    writer.model.graph.initializer[0].rawData = Data()
    writer.model.graph.initializer[0].dataLocation = .external
    writer.model.graph.initializer[0].externalData = [
      entry("location", "weights.bin"), entry("offset", "64"), entry("length", "216"),
    ]
    change(&writer.model.graph.initializer[0])
    let file = folder.appendingPathComponent("model.onnx")
    try (try writer.model.serializedBytes() as Data).write(to: file)
    try body(file, original)
  }

  private func entry(_ key: String, _ value: String) -> Onnx_StringStringEntryProto {
    .with {
      $0.key = key
      $0.value = value
    }
  }

  @Test func weightsAreReadFromTheirFile() throws {
    try withModel { file, original in
      let image = Planes(2, 5, 4, (0..<40).map { Float($0 % 7) - 3 })
      let found = try ONNXImporter.load(path: file.path)
      #expect(try scores(found.graph, image) == scores(original.load().graph, image))
    }
    // Without a length, the shape says it.
    try withModel({ $0.externalData.removeLast() }) { file, _ in
      _ = try ONNXImporter.load(path: file.path)
    }
  }

  @Test(arguments: [
    ("location", "../weights.bin", "outside"), ("location", "/etc/hostname", "outside"),
    ("location", "a/../../weights.bin", "outside"), ("location", "absent.bin", "can't be read"),
    ("location", "link.bin", "outside"), ("location", "", "without a location"),
    ("offset", "65", "215 of the 216"), ("offset", "1000000", "0 of the 216"),
    ("offset", "-1", "not a number"), ("offset", "99999999999999999999", "not a number"),
    ("length", "217", "217 bytes"),
  ])
  func badReferencesAreRefused(key: String, value: String, words: String) throws {
    try withModel({ tensor in
      for index in tensor.externalData.indices where tensor.externalData[index].key == key {
        tensor.externalData[index].value = value
      }
    }) { file, _ in
      try FileManager.default.createSymbolicLink(
        atPath: file.deletingLastPathComponent().appendingPathComponent("link.bin").path,
        withDestinationPath: "../weights.bin")
      do throws(ImportError) {
        _ = try ONNXImporter.load(path: file.path)
        Issue.record("was imported")
      } catch {
        #expect(error.description.contains(words) && error.place == .tensor("conv.weight"))
      }
    }
  }
}
