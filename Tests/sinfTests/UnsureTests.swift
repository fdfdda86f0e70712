import Foundation
import Testing

@testable import sinf

/// Answers below --min-share: said to be unsure, kept apart, and still given.
@Suite struct UnsureTests {
  let folder: TemporaryFolder

  /// One picture, and the share of its answer.
  init() throws {
    folder = try TemporaryFolder()
    try folder.write("in/a.png", Picture.png())
  }

  private var picture: String { folder.path + "/in/a.png" }

  /// With a model that is hardly ever sure of all.
  private func run(
    _ arguments: [String], model: String = Program.sampleModel
  ) throws -> Program.Result {
    try Program.run(["classify", "--model", model, "--no-times"] + arguments + [picture])
  }

  private func classify(
    _ arguments: [String], model: String = Program.sampleModel
  ) throws -> [String: Any] {
    let objects = try run(["--format", "json"] + arguments, model: model).objects()
    return try #require(objects.first)
  }

  private func share(_ object: [String: Any]) throws -> Double {
    try #require((object["labels"] as? [[String: Any]])?.first?["probability"] as? Double)
  }

  private func digits(_ share: Double) -> String { String(format: "%.4f", share) }

  @Test func withoutAShareNothingIsSaid() throws {
    for object in [try classify([]), try classify(["--min-share", "0"])] {
      #expect(object["sure"] is NSNull)
      let labels = try #require(object["labels"] as? [[String: Any]])
      #expect(object["label"] as? String == labels[0]["label"] as? String)
    }
  }

  @Test func theShareDecides() throws {
    let share = try share(classify([]))
    let below = try classify(["--min-share", digits(share - 0.001)])
    #expect(below["sure"] as? Bool == true)
    #expect(below["label"] is String)
    let above = try classify(["--min-share", digits(share + 0.001)])
    #expect(above["sure"] as? Bool == false)
    #expect(above["label"] is NSNull)
    // The answer is still there.
    #expect(try self.share(above) == share)
    let percent = try classify(["--min-share", digits((share + 0.001) * 100) + "%"])
    #expect(percent["sure"] as? Bool == false)
  }

  @Test(arguments: ["1.01", "101%", "%", "-1", "0.5 %", "50%%", "half"])
  func sharesThatAreNone(text: String) throws {
    let result = try run(["--min-share", text])
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("sinf: option --min-share: '"))
  }

  @Test func textAndTablesSayIt() throws {
    let sure = try run(["--min-share", "1%"])
    #expect(sure.lines[1].contains(" %  yes "))
    let unsure = try run(["--min-share", "1"])
    #expect(unsure.lines[1].hasPrefix("? "))
    #expect(unsure.lines[1].contains(" %  no "))
    let csv = try run(["--format", "csv", "--min-share", "1", "--top", "2"])
    #expect(csv.lines.dropFirst().allSatisfy { $0.hasSuffix(",,false") })
  }

  /// The share of the file holds unless another is asked for.
  @Test func modelsHaveAShareOfTheirOwn() throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: Program.sampleModel))
    bytes[10] = 4
    bytes.replaceSubrange(24..<28, with: [0, 0, 0x20, 0x3F])
    let sections = Int(bytes[12])
    let sum = Picture.crc(Array(bytes[..<60] + bytes[64..<64 + 32 * sections]))
    bytes.replaceSubrange(60..<64, with: (0..<4).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) })
    try folder.write("share.sinf", bytes)
    let model = folder.path + "/share.sinf"
    let object = try classify([], model: model)
    #expect(object["sure"] as? Bool == (try share(object) >= 0.625))
    #expect(try classify(["--min-share", "0"], model: model)["sure"] is NSNull)
    #expect(try classify(["--min-share", "1"], model: model)["sure"] as? Bool == false)
    let inspected = try Program.run(["inspect", "--format", "json", model]).objects()[0]
    #expect(inspected["minimum_share"] as? Double == 0.625)
    #expect(try Program.run(["inspect", model]).text.contains("sure        from 62.5 %, unless"))
  }

  // MARK: watch

  private func watch(_ arguments: [String]) throws -> Program.Result {
    try Program.run(
      ["watch", "--model", Program.sampleModel, "--once", "--settle", "0"] + arguments
        + [folder.path + "/in"])
  }

  private func files(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + name)
      .filter { !$0.hasPrefix(".") }
  }

  @Test(arguments: [["--done"], ["--delete-done"], []])
  func unsurePicturesAreKept(done: [String]) throws {
    try folder.makeFolder("unsure")
    try folder.makeFolder("done")
    let words = done == ["--done"] ? ["--done", folder.path + "/done"] : done
    let kept = try watch(["--unsure", folder.path + "/unsure", "--min-share", "1"] + words)
    #expect(kept.status == 0)
    #expect(try files("unsure") == ["a.png"])
    #expect(try files("in") == [])
    let summary = try #require(try kept.objects().last)
    #expect(summary["classified"] as? Int == 1 && summary["unsure"] as? Int == 1)
    #expect(kept.errors.hasSuffix(", 1 unsure\n"))
    try folder.write("in/b.png", Picture.png(seed: 3))
    let sure = try watch(["--unsure", folder.path + "/unsure", "--min-share", "1%"] + words)
    #expect(try files("unsure") == ["a.png"])
    #expect(try files("in") == (done.isEmpty ? ["b.png"] : []))
    #expect(try files("done") == (done == ["--done"] ? ["b.png"] : []))
    #expect(try sure.objects().last?["unsure"] as? Int == 0)
  }

  @Test func unsurePicturesGoWithTheOthersWithoutAFolderOfTheirOwn() throws {
    try folder.makeFolder("done")
    _ = try watch(["--done", folder.path + "/done", "--min-share", "1"])
    #expect(try files("done") == ["a.png"])
  }

  @Test func aFolderForNothingIsRefused() throws {
    try folder.makeFolder("unsure")
    let result = try watch(["--unsure", folder.path + "/unsure"])
    #expect(result.status == 2)
    #expect(result.errors.hasSuffix(": --unsure needs --min-share\n"))
    let here = try watch(["--unsure", folder.path + "/in", "--min-share", "1"])
    #expect(here.status == 2)
    #expect(here.errors.contains("is the watched folder itself"))
  }

  @Test func onlyChangesThatLastAreReported() throws {
    for index in 0..<4 { try folder.write("in/\(index).png", Picture.png()) }
    let result = try watch(["--changes", "3", "--delete-done"])
    #expect(result.status == 0)
    let objects = try result.objects()
    // Five pictures with one answer: one line and the summary.
    #expect(objects.count == 2)
    #expect(objects.last?["classified"] as? Int == 5)
    #expect(try files("in") == [])
  }

  @Test func failuresAreReportedWhateverChanges() throws {
    try folder.write("in/bad.png", Picture.png().prefix(60))
    let result = try watch(["--changes", "9"])
    #expect(try result.objects().map { $0["status"] as? String } == ["failed", "summary"])
  }
}

/// Which answers are worth a line.
@Suite struct AnswerChangesTests {
  private func reported(_ repeats: Int, _ answers: [(String, Int)]) -> [Bool] {
    var changes = AnswerChanges(repeats)
    return answers.map { path, answer in
      let step = changes.step(path, answer)
      changes.take(step)
      return step.isReported
    }
  }

  @Test func anAnswerLastsOrDoesNot() {
    let answers = [1, 1, 2, 1, 1, 1, 2, 2, 1, 1].map { ("in/a.png", $0) }
    #expect(
      reported(2, answers)
        == [false, true, false, false, false, false, false, true, false, true])
    #expect(
      reported(1, answers)
        == [true, false, true, true, false, false, true, false, true, false])
    #expect(reported(0, answers).allSatisfy { $0 })
  }

  @Test func foldersAreToldApart() {
    let answers = [("in/a/1.png", 1), ("in/b/1.png", 1), ("in/a/2.png", 1), ("in/b/2.png", 2)]
    #expect(reported(2, answers) == [false, false, true, false])
  }

  @Test func moreFoldersThanFitShareAPlace() {
    let answers = (0..<400).map { ("in/\($0)/a.png", 1) }
    #expect(reported(1, answers).prefix(256).allSatisfy { $0 })
    #expect(reported(1, answers + answers).count == 800)
  }

  @Test func whatWasNotWrittenDoesNotCount() {
    var changes = AnswerChanges(1)
    #expect(changes.step("a", 1).isReported)
    let step = changes.step("a", 1)
    #expect(step.isReported)
    changes.take(step)
    #expect(!changes.step("a", 1).isReported)
    changes.forget()
    #expect(changes.step("a", 1).isReported)
  }
}
