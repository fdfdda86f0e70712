import Foundation
import SINFCompiler
import SINFModel
import Testing

@Suite struct DataFolderTests {
  private let rgb = Preprocessing(width: 4, height: 4, channels: 3, colorOrder: .rgb)

  private func filled() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("cat/a.png", png(width: 8, height: 8, red: 200, green: 10, blue: 30))
    try folder.write("cat/deeper/b.png", png(width: 4, height: 4, red: 1, green: 2, blue: 3))
    try folder.write("ant/c.png", png(width: 5, height: 9, red: 7, green: 8, blue: 9))
    return folder
  }

  @Test func classesAreFolders() throws {
    let folder = try filled()
    let images = try Dataset.load(folder.path, preprocessing: rgb)
    #expect(images.classNames == ["ant", "cat"])
    #expect(images.labels == [0, 1, 1])
    #expect(images.sources.map(\.file) == ["ant/c.png", "cat/a.png", "cat/deeper/b.png"])
    #expect(images.pixels[..<3] == [7, 8, 9])
    #expect(images.pixels[images.byteRange(of: 1)].prefix(3) == [200, 10, 30])
    #expect(images.skipped.isEmpty && images.testPart.isEmpty)
  }

  @Test func brokenAndStrayFilesAreNamedAndSkipped() throws {
    let folder = try filled()
    let whole = png(width: 8, height: 8, red: 1, green: 1, blue: 1)
    try folder.write("cat/cut.png", Array(whole.prefix(40)))
    try folder.write("cat/text.jpg", text: "no picture")
    try folder.write("cat/empty.png", [])
    try folder.write("cat/.hidden", [1])
    try folder.write("cat/one/two/deep.png", whole)
    try folder.write("stray.png", whole)
    try FileManager.default.createDirectory(
      atPath: folder.path + "/void", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/ant/dangling.png", withDestinationPath: "nowhere")
    let images = try Dataset.load(folder.path, preprocessing: rgb)
    #expect(images.count == 3 && images.classNames == ["ant", "cat", "void"])
    let skipped = Dictionary(uniqueKeysWithValues: images.skipped.map { ($0.name, $0.reason) })
    #expect(
      Set(skipped.keys) == [
        "cat/cut.png", "cat/text.jpg", "cat/empty.png", "cat/.hidden", "cat/one/two",
        "stray.png", "void", "ant/dangling.png",
      ])
    #expect(skipped["stray.png"] == "not in a class folder")
    #expect(skipped["cat/.hidden"] == "hidden file")
    #expect(skipped["cat/one/two"] == "folder nested too deep")
    #expect(skipped["ant/dangling.png"] == "No such file or directory")
    #expect(skipped.values.allSatisfy { !$0.isEmpty })
  }

  @Test func givenOrderSelectsAndNumbersClasses() throws {
    let folder = try filled()
    try folder.write("bee/d.png", png(width: 4, height: 4, red: 0, green: 0, blue: 0))
    let images = try Dataset.load(
      folder.path, preprocessing: rgb, classes: ClassList(names: ["cat", "ant"]))
    #expect(images.labels == [1, 0, 0])
    #expect(images.skipped.map(\.name) == ["bee"])
    let error = #expect(throws: DatasetError.self) {
      try Dataset.load(folder.path, preprocessing: rgb, classes: ClassList(names: ["dog", "cow"]))
    }
    #expect(
      error?.problem.hasPrefix(
        "none of its 3 folders (ant, bee, cat) is one of the 2 classes (dog, cow): name them")
        == true)
  }

  @Test func publishedPartsStayApart() throws {
    let folder = try TemporaryFolder()
    let picture = png(width: 4, height: 4, red: 9, green: 9, blue: 9)
    try folder.write("train/cat/a.png", picture)
    try folder.write("train/ant/b.png", picture)
    try folder.write("test/cat/c.png", picture)
    let images = try Dataset.load(folder.path, preprocessing: rgb)
    #expect(images.classNames == ["ant", "cat"])
    #expect(images.labels == [0, 1, 1] && images.testPart == 2..<3)
    #expect(images.sources[2].file == "test/cat/c.png")
  }

  @Test func progressCountsEveryFile() throws {
    nonisolated(unsafe) var seen: [Int] = []
    let folder = try filled()
    _ = try Dataset.load(folder.path, preprocessing: rgb) { done, total in
      #expect(total == 3)
      seen.append(done)
    }
    #expect(seen == [1, 2, 3])
  }

  @Test func nothingReadableIsAnError() throws {
    let folder = try TemporaryFolder()
    try folder.write("ant/b.png", text: "no")
    try folder.write("cat/a.png", text: "no")
    let error = #expect(throws: DatasetError.self) {
      try Dataset.load(folder.path, preprocessing: rgb)
    }
    #expect(error?.problem.hasPrefix("holds no readable picture among 2 files") == true)
  }

  @Test func classListsAreChecked() throws {
    let folder = try TemporaryFolder()
    let list = try ClassList.load(
      folder.write("a.txt", Array("x\r\n y \n\n".utf8)), outputs: 2)
    #expect(list.names == ["x", "y"])
    for text in ["", "a\n\nb", "a\nb\n", "a = 3\n", "a = 0\nb\n", "a = 1\na = 2\n", "a\nb\u{1}\nc"]
    {
      let path = try folder.write("b.txt", Array(text.utf8))
      #expect(throws: DatasetError.self) { try ClassList.load(path, outputs: 3) }
    }
  }
}
