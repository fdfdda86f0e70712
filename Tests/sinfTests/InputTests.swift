import Foundation
import Testing

@Suite struct InputTests {
  @Test func closesItsCounts() throws {
    let folder = try TemporaryFolder()
    try folder.write("b.png", Picture.png(seed: 1))
    try folder.write("a.png", Picture.png(seed: 2))
    try folder.write("cut.png", Picture.png().prefix(60))
    try folder.write("empty.jpg", Data())
    try folder.write("text.jpeg", Data("hello".utf8))
    try folder.write("notes.txt", Data("hello".utf8))
    try folder.write("unnamed", Picture.png(seed: 3))
    try folder.write("below/c.png", Picture.png(seed: 4))
    let result = try Program.classify(["--format", "json", "--no-times", folder.path])
    #expect(result.status == 1)
    let objects = try result.objects()
    let names = objects.dropLast().map { ($0["file"] as! String).dropFirst(folder.path.count + 1) }
    #expect(names == ["a.png", "b.png", "cut.png", "empty.jpg", "text.jpeg", "unnamed"])
    #expect(
      objects.map { $0["status"] as? String } == [
        "classified", "classified", "failed", "failed", "failed", "classified", "summary",
      ])
    #expect(
      objects.dropLast().compactMap { $0["error"] as? String } == [
        "truncated", "empty", "unknown_format",
      ])
    let summary = objects.last!
    #expect(summary["received"] as? Int == 8)
    #expect(summary["classified"] as? Int == 3)
    #expect(summary["failed"] as? Int == 3)
    #expect(summary["skipped"] as? Int == 2)
    #expect(result.errors.split(separator: "\n").count == 3)

    let all = try Program.classify(["--recursive", folder.path])
    #expect(all.errors.hasSuffix("8 received = 4 classified + 3 failed + 1 skipped\n"))
    let some = try Program.classify([folder.path])
    #expect(
      some.errors.hasSuffix(
        "8 received = 3 classified + 3 failed + 2 skipped "
          + "(folders among them: 1; --recursive enters them)\n"))
  }

  @Test func readsPicturesOneAfterTheOtherFromAStream() throws {
    let pictures = (0..<5).map { Picture.png(width: 5 + $0, seed: $0) }
    let stream = pictures.reduce(Data(), +)
    let result = try Program.classify(["--format", "json", "--no-times", "-"], input: stream)
    #expect(result.status == 0)
    let objects = try result.objects()
    #expect(objects.count == 6)
    for (index, object) in objects.dropLast().enumerated() {
      #expect(object["file"] as? String == "-")
      #expect(object["picture"] as? Int == index + 1)
      #expect(object["width"] as? Int == 5 + index)
      #expect(object["bytes"] as? Int == pictures[index].count)
    }
    let broken = try Program.classify(["-"], input: pictures[0] + pictures[1].prefix(70))
    #expect(broken.status == 1)
    #expect(broken.errors.contains("sinf: standard input, picture 2: "))
    #expect(broken.errors.hasSuffix("2 received = 1 classified + 1 failed + 0 skipped\n"))
    // What lies between pictures costs nothing, and no number.
    let part = Data("\r\n--frame\r\nContent-Type: image/png\r\n\r\n".utf8)
    for gap in [Data("\n\n".utf8), Data(count: 3), part, Data(count: 70_000)] {
      let stream = pictures.reduce(gap) { $0 + $1 + gap }
      let all = try Program.classify(["--format", "json", "--no-times", "-"], input: stream)
      #expect(all.status == 0)
      #expect(try all.objects().map { $0["picture"] as? Int } == [1, 2, 3, 4, 5, nil])
    }
    let page = try Program.classify(["-"], input: Data("<html>password?</html>".utf8))
    #expect(page.status == 1)
    #expect(
      page.errors == "sinf: standard input, picture 1: no JPEG or PNG picture in 22 bytes: this is "
        + "an HTML page\n1 received = 0 classified + 1 failed + 0 skipped\n")
    let empty = try Program.classify(["-"])
    #expect(empty.status == 1)
    #expect(empty.errors.hasSuffix("1 received = 0 classified + 1 failed + 0 skipped\n"))
  }

  /// Whatever happens to the second of three pictures, the first and the third are labelled.
  @Test func goesOnAfterADamagedPictureOfAStream() throws {
    let pictures = (0..<3).map { Picture.png(width: 5 + $0, seed: $0) }
    var flipped = pictures[1]
    flipped[60] ^= 0x10
    for damaged in [
      pictures[1].prefix(9), pictures[1].prefix(50), pictures[1].dropLast(15), flipped,
    ] {
      let result = try Program.classify(
        ["--format", "json", "--no-times", "-"], input: pictures[0] + damaged + pictures[2])
      #expect(result.status == 1)
      let objects = try result.objects()
      #expect(
        objects.map { $0["status"] as? String } == [
          "classified", "failed", "classified", "summary",
        ]
      )
      #expect(objects.map { $0["picture"] as? Int } == [1, 2, 3, nil])
      #expect(objects.map { $0["width"] as? Int } == [5, nil, 7, nil])
      #expect(objects.last?["received"] as? Int == 3)
    }
  }

  @Test func saysWhyStandardInputCannotBeRead() throws {
    let closed = try Program.classify(["-"], shell: "exec \"$@\" <&-")
    #expect(closed.status == 1)
    #expect(
      closed.errors == "sinf: standard input, picture 1: reading failed: Bad file descriptor\n"
        + "1 received = 0 classified + 1 failed + 0 skipped\n")
    let folder = try Program.classify(["-"], shell: "exec \"$@\" </tmp")
    #expect(
      folder.errors == "sinf: standard input, picture 1: reading failed: Is a directory\n"
        + "1 received = 0 classified + 1 failed + 0 skipped\n")
  }

  @Test func followsFoldersSoDeepAndNoDeeper() throws {
    let folder = try TemporaryFolder()
    let below = Array(repeating: "n", count: 70).joined(separator: "/")
    try folder.write("\(below)/deep.png", Picture.png())
    try folder.write("n/n/near.png", Picture.png())
    let result = try Program.classify(["--recursive", folder.path])
    #expect(result.status == 1)
    #expect(result.errors.contains("/n/n: not entered: folders are followed 64 deep\n"))
    #expect(result.errors.hasSuffix("2 received = 1 classified + 1 failed + 0 skipped\n"))
  }

  @Test func namesWhatIsNoFileWithoutWaiting() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path + "/fifo.jpg", 0o600) == 0)
    try folder.link("dangling.jpg", to: "nowhere")
    try folder.link("loop.jpg", to: "loop.jpg")
    for (path, expected) in [
      ("\(folder.path)/fifo.jpg", "a FIFO is not read; only regular files, folders and '-' are"),
      ("/dev/null", "a device is not read; only regular files, folders and '-' are"),
      ("\(folder.path)/dangling.jpg", "No such file or directory"),
      ("\(folder.path)/loop.jpg", "Too many levels of symbolic links"),
      ("\(folder.path)/none.jpg", "No such file or directory"),
    ] {
      let result = try Program.classify([path])
      #expect(result.status == 1)
      #expect(
        result.errors == "sinf: \(path): \(expected)\n"
          + "1 received = 0 classified + 1 failed + 0 skipped\n")
    }
    let all = try Program.classify([folder.path])
    #expect(all.errors.hasSuffix("3 received = 0 classified + 3 failed + 0 skipped\n"))
  }

  @Test(.disabled(if: getuid() == 0, "root may read everything"))
  func namesFilesThatMayNotBeRead() throws {
    let folder = try TemporaryFolder()
    try folder.write("secret.png", Picture.png())
    #expect(chmod(folder.path + "/secret.png", 0) == 0)
    let result = try Program.classify([folder.path])
    #expect(result.status == 1)
    #expect(result.errors.contains("secret.png: Permission denied\n"))
  }

  @Test func treatsWordsBehindTwoDashesAsPaths() throws {
    let folder = try TemporaryFolder()
    try folder.write("--top", Picture.png())
    let result = try Program.classify(
      ["--", "--top"], shell: "cd '\(folder.path)' && exec \"$@\"")
    #expect(result.status == 0)
    #expect(result.text.hasSuffix("  --top\n"))
  }
}
