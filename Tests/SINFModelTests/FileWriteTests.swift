import Foundation
import SINFModelWriter
import Testing

@Suite struct FileWriteTests {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("sinf-write-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  @Test func fileReplacesOlderOneAndLeavesNothingElse() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("model.sinf").path
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    try ModelWriter.write(TinyModel.description, to: path)
    let written = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(try written == ModelWriter.bytes(for: TinyModel.description))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.sinf"])
  }

  @Test func failureLeavesTheOlderFile() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("model.sinf").path
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    var description = TinyModel.description
    description.arenaBytes = 64
    #expect(throws: (any Error).self) { try ModelWriter.write(description, to: path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("old".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.sinf"])
  }

  @Test func missingFolderIsNamed() {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("none/model.sinf").path
    let error = #expect(throws: FileWriteError.self) {
      try ModelWriter.write(TinyModel.description, to: path)
    }
    #expect(error?.call.description == "open")
    #expect(error?.errorNumber == ENOENT)
    #expect(error?.description.contains("none/model.sinf") == true)
  }

  /// A folder stands under the name: the rename fails, the temporary file goes away again.
  @Test func failedRenameLeavesNoTemporaryFile() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("model.sinf")
    try FileManager.default.createDirectory(at: path, withIntermediateDirectories: false)
    let error = #expect(throws: FileWriteError.self) {
      try ModelWriter.write(TinyModel.description, to: path.path)
    }
    #expect(error?.call.description == "rename")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.sinf"])
  }
}
