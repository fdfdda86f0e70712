import Foundation
import SINFModel
import SINFModelWriter
import Testing

/// Files of every format version stay in Golden/ for ever and stay readable.
@Suite struct GoldenTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden")

  static func golden(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  /// With SINF_WRITE_GOLDEN=1 in the environment the file is written first: only for a new version.
  @Test func writerStillGivesTheSameBytes() throws {
    let written = try ModelWriter.bytes(for: TinyModel.description)
    if ProcessInfo.processInfo.environment["SINF_WRITE_GOLDEN"] == "1" {
      try ModelWriter.publish(written, to: Self.folder.path + "/tiny-v1.sinf")
    }
    let golden = try Self.golden("tiny-v1.sinf")
    #expect(written.count == golden.count)
    let first = zip(written, golden).enumerated().first { $0.element.0 != $0.element.1 }
    #expect(first == nil, "first difference at byte \(first?.offset ?? -1)")
  }

  @Test func versionOneIsReadable() throws {
    let file = GuardedBytes(try Self.golden("tiny-v1.sinf"))
    let model = try file.model
    #expect(model.classCount == 4)
    #expect(model.clusterCount == 2)
    #expect(String(decoding: model.label(2), as: UTF8.self) == "鹿")
    #expect(model.program(.subgraph, cluster: 0)?.multiplyAccumulates == 312)
    #expect(firstUnsafe(in: model, file: UnsafeRawBufferPointer(file.bytes)) == nil)
  }
}
