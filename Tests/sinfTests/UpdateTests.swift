import Foundation
import Testing

/// `sinf update`.
@Suite struct UpdateTests {
  private let folder: TemporaryFolder
  private let golden = URL(fileURLWithPath: Program.tinyModel).deletingLastPathComponent()

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("m.sinf", try model("tiny-v1"))
  }

  private func model(_ name: String) throws -> Data {
    try Data(contentsOf: golden.appendingPathComponent(name + ".sinf"))
  }

  private func content(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name))
  }

  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  private func update(_ fresh: String, _ more: [String] = []) throws -> Program.Result {
    try Program.run(["update", "--model", folder.path + "/m.sinf"] + more + [fresh])
  }

  @Test func theNewOneTakesThePlace() throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o604], ofItemAtPath: folder.path + "/m.sinf")
    let fresh = golden.path + "/squeeze-v1.2.sinf"
    let result = try update(fresh, ["--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try result.objects()[0]["old"] as? String == folder.path + "/m.sinf.old")
    #expect(try content("m.sinf") == model("squeeze-v1.2"))
    #expect(try content("m.sinf.old") == model("tiny-v1"))
    #expect(names == ["m.sinf", "m.sinf.old"])
    let facts = try FileManager.default.attributesOfItem(atPath: folder.path + "/m.sinf")
    #expect(facts[.posixPermissions] as? Int == 0o604)
    #expect(try update(golden.path + "/tiny-v1.1.sinf").text.contains("the one before it is "))
    #expect(try content("m.sinf.old") == model("squeeze-v1.2"))
  }

  @Test func whatIsRefusedChangesNothing() throws {
    try folder.write("cut.sinf", try model("tiny-v1").prefix(3000))
    for (fresh, status, message) in [
      (folder.path + "/cut.sinf", 3, "cut.sinf: not a valid model: "),
      (folder.path + "/none.sinf", 3, "none.sinf: cannot read the model: "),
      (folder.path + "/m.sinf", 1, "m.sinf: is the model in use itself"),
    ] {
      let result = try update(fresh)
      #expect(result.status == Int32(status), "\(fresh)")
      #expect(result.errors.contains(message), "\(result.errors)")
    }
    #expect(try content("m.sinf") == model("tiny-v1"))
    #expect(names == ["cut.sinf", "m.sinf"])
  }

  @Test func theOldOneMustBeOfWorth() throws {
    try folder.write("m.sinf.old", try model("tiny-v1"))
    try folder.write("m.sinf", Data("damaged".utf8))
    #expect(try update(golden.path + "/squeeze-v1.2.sinf").status == 0)
    #expect(try content("m.sinf") == model("squeeze-v1.2"))
    #expect(try content("m.sinf.old") == model("tiny-v1"))
  }

  @Test func theFirstOneNeedsNone() throws {
    try FileManager.default.removeItem(atPath: folder.path + "/m.sinf")
    #expect(try update(Program.tinyModel).status == 0)
    #expect(names == ["m.sinf"])
  }

  @Test func nothingIsWrittenWhereNothingCanBe() throws {
    let result = try Program.run([
      "update", "--model", folder.path + "/none/m.sinf", Program.tinyModel,
    ])
    #expect(result.status == 1)
    #expect(result.errors.contains("m.sinf.new: cannot be written: No such file or directory"))
    #expect(try Program.run(["update", "--model", "m.sinf"]).status == 2)
    #expect(try Program.run(["update", "--model", "m.sinf", "a", "b"]).status == 2)
  }

  /// A link that somebody laid where the new file is written.
  @Test func linksAreNotFollowed() throws {
    try folder.write("victim", Data("mine".utf8))
    try folder.link("m.sinf.new", to: folder.path + "/victim")
    try folder.link("m.sinf.link", to: folder.path + "/victim")
    #expect(try update(golden.path + "/tiny-v1.1.sinf").status == 0)
    #expect(try content("victim") == Data("mine".utf8))
    #expect(names == ["m.sinf", "m.sinf.old", "victim"])
  }
}
