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

  /// One description for each version of the format.
  static let descriptions: [(name: String, minor: Int, description: ModelDescription)] = [
    ("tiny-v1.sinf", 0, TinyModel.description),
    ("tiny-v1.1.sinf", 1, PairTests.description(90, -100, claims: true)),
    ("squeeze-v1.2.sinf", 2, SqueezeModel.description),
    ("stop-v1.3.sinf", 3, StopTests.description(margin: 0.375)),
    ("share-v1.4.sinf", 4, ShareTests.description(0.625)),
  ]

  /// With SINF_WRITE_GOLDEN=1 in the environment files that are not there are written first: for a
  /// new version.
  @Test(arguments: descriptions.indices) func writerStillGivesTheSameBytes(index: Int) throws {
    let (name, minor, description) = Self.descriptions[index]
    let written = try ModelWriter.bytes(for: description)
    let path = Self.folder.path + "/" + name
    if ProcessInfo.processInfo.environment["SINF_WRITE_GOLDEN"] == "1",
      !FileManager.default.fileExists(atPath: path)
    {
      try ModelWriter.publish(written, to: path)
    }
    let golden = try Self.golden(name)
    #expect(written.count == golden.count)
    let first = zip(written, golden).enumerated().first { $0.element.0 != $0.element.1 }
    #expect(first == nil, "first difference at byte \(first?.offset ?? -1)")
    let file = GuardedBytes(golden)
    let found = try file.model.minorVersion
    #expect(found == minor)
    withExtendedLifetime(file) {}
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
