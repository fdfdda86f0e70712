import SINFModel
import SINFModelWriter
import Testing

/// Model files taken apart and written again.
@Suite struct DescriptionTests {
  @Test(arguments: GoldenTests.descriptions.map(\.name))
  func filesOfEveryVersionComeBackToTheByte(name: String) throws {
    let golden = try GoldenTests.golden(name)
    #expect(try ModelWriter.bytes(for: ModelDescription(file: golden)) == golden)
  }

  @Test func plainModelsComeBackToTheByte() throws {
    let bytes = try ModelWriter.bytes(for: TinyModel.plain)
    let description = try ModelDescription(file: bytes)
    #expect(description.clusters.isEmpty && description.route == nil)
    #expect(try ModelWriter.bytes(for: description) == bytes)
  }

  @Test func brokenFilesAreRefused() throws {
    var bytes = try ModelWriter.bytes(for: TinyModel.plain)
    bytes[bytes.count / 2] ^= 1
    #expect(throws: ModelError.self) { try ModelDescription(file: bytes) }
    #expect(throws: ModelError.self) { try ModelDescription(file: []) }
  }
}
