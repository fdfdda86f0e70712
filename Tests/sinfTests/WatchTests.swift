import Foundation
import Testing

/// `sinf watch --once`: what one run of it finds, reports and leaves behind.
@Suite struct WatchTests {
  let folder: TemporaryFolder
  var frames: String { folder.path + "/frames" }
  var output: String { folder.path + "/results" }

  init() throws {
    folder = try TemporaryFolder()
    try folder.makeFolder("frames")
  }

  func watch(_ arguments: [String]) throws -> Program.Result {
    try Program.run(
      ["watch", "--model", Program.tinyModel, "--once", "--settle", "0"] + arguments + [frames])
  }

  func objects(in path: String) throws -> [[String: Any]] {
    try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 0x0A).map {
      try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
    }
  }

  /// The last components of the frames of these lines.
  func names(_ objects: [[String: Any]]) -> [String] {
    objects.compactMap {
      ($0["file"] as? String).map { URL(fileURLWithPath: $0).lastPathComponent }
    }
  }

  @Test(arguments: [
    (["--rotate-keep", "0"], "--rotate-keep"), (["--rotate-keep", "10"], "--rotate-keep"),
    (["--rotate-bytes", "4095"], "--rotate-bytes"), (["--max-queue", "0"], "--max-queue"),
    (["--max-queue", "65537"], "--max-queue"), (["--remember", "127"], "--remember"),
    (["--settle", "-1"], "--settle"), (["--order", "random"], "oldest or newest"),
    (["--format", "csv"], "text or json"),
    (["--format", "text", "--output", "x"], "json where --output is given"),
    (["--delete-done", "--done", "x"], "--delete-done and --done"),
    (["--output", "x", "--state", "x"], "--output and --state"),
    (["--output", "x", "--heartbeat", "x"], "--output and --heartbeat"),
    (["--state", "x", "--heartbeat", "x"], "--state and --heartbeat"),
    (["--once=yes"], "--once"), (["other"], "unexpected argument"),
    (["--outptu", "x"], "--output"),
  ])
  func refusesWhatCannotBe(arguments: [String], expected: String) throws {
    let result = try watch(arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains(expected), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: frames + "/.sinf-watch"))
  }

  @Test func saysThatThereIsNoFolder() throws {
    try FileManager.default.removeItem(atPath: frames)
    let result = try watch([])
    #expect(result.status == 1)
    #expect(result.errors.contains("cannot watch the folder: No such file or directory\n"))
  }

  @Test func reportsEachFrameOnce() throws {
    try folder.write("frames/a.png", Picture.png(seed: 1))
    try folder.write("frames/b.png", Picture.png(seed: 2))
    try folder.write("frames/cut.png", Picture.png().prefix(60))
    try folder.write("frames/notes.txt", Data("hello".utf8))
    try folder.write("frames/.hidden.png", Picture.png())
    try folder.link("frames/link.png", to: "a.png")
    let first = try watch([])
    #expect(first.status == 1)
    let objects = try first.objects()
    #expect(names(objects).sorted() == ["a.png", "b.png", "cut.png"])
    for object in objects.dropLast() {
      #expect((object["id"] as? String)?.count == 16)
      #expect((object["time"] as? String)?.hasSuffix("Z") == true)
      #expect(object["replayed"] == nil)
    }
    let summary = try #require(objects.last)
    #expect(summary["status"] as? String == "summary")
    #expect(summary["received"] as? Int == 5)
    #expect(summary["classified"] as? Int == 2)
    #expect(summary["failed"] as? Int == 1)
    #expect(summary["skipped"] as? Int == 2)
    #expect(
      first.errors.hasSuffix(
        "5 received = 2 classified + 1 failed + 2 skipped; 0 replayed, 0 overloads, 1 scan\n"))

    #expect(names(try watch([]).objects()) == [])
    // Under its old name a new frame.
    try folder.write("frames/a.png", Picture.png(width: 9, seed: 3))
    let third = try watch([])
    #expect(third.status == 0)
    #expect(names(try third.objects()) == ["a.png"])
  }

  @Test func findsMoreFramesThanItsQueueHolds() throws {
    for index in 0..<70 { try folder.write("frames/\(index).png", Picture.png(seed: index)) }
    let result = try watch(["--max-queue", "8"])
    #expect(result.status == 0)
    let found = names(try result.objects())
    #expect(found.count == 70)
    #expect(Set(found).count == 70)
  }

  @Test func cutsATornLastLineOff() throws {
    try folder.write("results", Data("{\"status\":\"earlier\"}\n{\"status\":\"classi".utf8))
    try folder.write("frames/a.png", Picture.png())
    #expect(try watch(["--output", output]).status == 0)
    #expect(
      try objects(in: output).map { $0["status"] as? String } == [
        "earlier", "classified", "summary",
      ])
  }

  @Test func rotatesAndLosesNothing() throws {
    for index in 0..<60 { try folder.write("frames/\(index).png", Picture.png(seed: index)) }
    let result = try watch(
      ["--output", output, "--rotate-bytes", "4096", "--rotate-keep", "9", "--max-queue", "10"])
    #expect(result.status == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasPrefix("results") }
    #expect(files.count > 2)
    #expect(files.count <= 10)
    var found: [String] = []
    for file in files { found += names(try objects(in: folder.path + "/" + file)) }
    #expect(found.count == 60)
    #expect(Set(found).count == 60)
  }

  /// A ledger that says of a frame only that it was about to be reported, as after a power cut:
  /// results that can be looked at settle it, standard output cannot.
  @Test func settlesWhatIsUncertain() throws {
    try folder.write("frames/a.png", Picture.png())
    #expect(try watch(["--output", output]).status == 0)
    let ledger = URL(fileURLWithPath: frames + "/.sinf-watch")
    // Head, what it says of the output, and intent without the fate.
    let cut = try Data(contentsOf: ledger).prefix(72)
    try cut.write(to: ledger)
    // Above it a kernel without Landlock or seccomp is named, as QEMU's is.
    let counts = try watch(["--output", output]).errors.split(separator: "\n").last
    #expect(counts?.hasPrefix("0 received") == true)
    #expect(names(try objects(in: output)) == ["a.png"])

    try cut.write(to: ledger)
    let replayed = try watch([])
    let objects = try replayed.objects()
    #expect(names(objects) == ["a.png"])
    #expect(objects.first?["replayed"] as? Bool == true)
    #expect(objects.last?["replayed"] as? Int == 1)

    // The results do not have it: reported, and no second time that anybody could see.
    try cut.write(to: ledger)
    try FileManager.default.removeItem(atPath: output)
    #expect(try watch(["--output", output]).status == 0)
    let again = try self.objects(in: output)
    #expect(names(again) == ["a.png"])
    #expect(again.first?["replayed"] == nil)
  }

  @Test func movesWhatItReported() throws {
    for name in ["done", "failed"] { try folder.makeFolder(name) }
    try folder.write("frames/a.png", Picture.png())
    try folder.write("frames/cut.png", Picture.png().prefix(60))
    try folder.write("done/a.png", Data("earlier".utf8))
    let result = try watch(
      ["--done", folder.path + "/done", "--failed", folder.path + "/failed"])
    #expect(result.status == 1)
    let manager = FileManager.default
    #expect(try manager.contentsOfDirectory(atPath: frames) == [".sinf-watch"])
    #expect(
      try manager.contentsOfDirectory(atPath: folder.path + "/done").sorted() == [
        "a.png", "a.png.1",
      ])
    #expect(manager.contents(atPath: folder.path + "/done/a.png") == Data("earlier".utf8))
    #expect(try manager.contentsOfDirectory(atPath: folder.path + "/failed") == ["cut.png"])
  }

  /// All that can be remembered lies in the folder: --done makes room, as the message about it says.
  @Test func makesRoomByMoving() throws {
    try folder.makeFolder("done")
    for index in 0..<128 { try folder.write("frames/\(index).png", Picture.png(seed: index)) }
    #expect(try watch(["--remember", "128"]).status == 0)
    try folder.write("frames/new.png", Picture.png(width: 9))
    let result = try watch(["--remember", "128", "--done", folder.path + "/done"])
    #expect(result.status == 0)
    #expect(names(try result.objects()) == ["new.png"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/done").count == 129)
  }

  @Test func leavesOtherFilesThatAreNamedAsState() throws {
    try folder.write("notes", Data("mine\n".utf8))
    try folder.write("frames/a.png", Picture.png())
    let result = try watch(["--state", folder.path + "/notes"])
    #expect(result.status == 1)
    #expect(result.errors.contains("is not the memory of a 'sinf watch', and is left as it is\n"))
    #expect(FileManager.default.contents(atPath: folder.path + "/notes") == Data("mine\n".utf8))
  }
}
