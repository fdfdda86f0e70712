import Foundation
import SINFCompiler
import SINFModel
import Testing

/// Folders as people have them: parts, wrong places, pictures that are unusual.
@Suite struct DataLayoutTests {
  private let rgb = Preprocessing(width: 4, height: 4, channels: 3, colorOrder: .rgb)
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ names: String..., grey: Bool = false) throws {
    for name in names {
      try folder.write(
        name, png(width: 4, height: 4, red: 9, green: grey ? 9 : 8, blue: grey ? 9 : 7))
    }
  }

  private func load(_ path: String? = nil, classes: ClassList? = nil) throws -> LabelledImages {
    try Dataset.load(path ?? folder.path, preprocessing: rgb, classes: classes)
  }

  private func problem(_ path: String? = nil) -> String {
    let error = #expect(throws: DatasetError.self) { try load(path) }
    return error?.problem ?? ""
  }

  @Test func partsGoByManyNames() throws {
    try write("Training/cat/a.png", "Training/ant/b.png", "Validation/cat/c.png", "TEST/ant/d.png")
    try write("annotations/x/e.png")
    let images = try load()
    #expect(images.classNames == ["ant", "cat"])
    #expect(images.sources.map(\.file).suffix(2) == ["Validation/cat/c.png", "TEST/ant/d.png"])
    #expect(images.testPart == 2..<4 && images.choosingPart == 2..<3)
    #expect(images.skipped.map(\.reason) == ["beside the parts of the data set"])
    let split = DataSplit(of: images, seed: 1)
    #expect(split.fit == [0, 1] && split.validation == [2] && split.test == [3])
    #expect(split.origin == "the data set's validation part chooses, its test part reports")
  }

  @Test func aLonePartIsTheRoot() throws {
    try write("val/cat/a.png", "val/ant/b.png")
    let images = try load()
    #expect(images.classNames == ["ant", "cat"])
    #expect(DataSplit(of: images, seed: 1).origin == "all images divided by seed 1")
  }

  @Test func classesMayBeCalledAsParts() throws {
    // Vehicles; there are files in the folders and no folders.
    try write("train/a.png", "test/b.png")
    #expect(try load().classNames == ["test", "train"])
  }

  @Test func oneFolderTooHighIsSeen() throws {
    try write("flowers/rose/a.png", "flowers/tulip/b.png", "flowers/daisy/c.png")
    #expect(
      problem()
        == "holds one folder, 'flowers', with 3 folders in it (daisy, rose, tulip): if those are "
        + "the classes, give \(folder.path)/flowers")
    #expect(
      problem(folder.path + "/flowers/rose")
        == "holds 1 picture and no folder: expected one folder a class; pictures without labels are "
        + "for --calibration")
    try FileManager.default.removeItem(atPath: folder.path + "/flowers/rose")
    try FileManager.default.removeItem(atPath: folder.path + "/flowers/daisy")
    #expect(problem(folder.path + "/flowers").hasPrefix("holds one folder, 'tulip': expected one"))
  }

  @Test func rareClassesAreNamed() throws {
    for i in 0..<4 { try write("ant/\(i).png", "bee/\(i).png") }
    try write("cat/0.png", "dog/0.png", "dog/1.png")
    #expect(
      try load().remarks == [
        "2 of 4 classes have fewer than three images (cat: 1, dog: 2): they are fitted but no figure "
          + "is about them; give at least three, better thirty"
      ])
  }

  @Test func greyPicturesAreSeen() throws {
    for i in 0..<4 { try write("ant/\(i).png", "bee/\(i).png") }
    #expect(try load().remarks == [])
    for i in 0..<4 { try write("bee/grey\(i).png", grey: true) }
    let remarks = try load().remarks
    #expect(remarks.count == 1)
    #expect(remarks.first?.hasPrefix("4 of 12 images are grey, the network takes colours") == true)
  }

  @Test func manySkippedFilesAreToldByKind() throws {
    for i in 0..<5 { try write("ant/\(i).png", "bee/\(i).png") }
    let whole = png(width: 8, height: 8, red: 1, green: 1, blue: 1)
    for i in 0..<3 { try folder.write("ant/cut\(i).png", Array(whole.prefix(40 + i))) }
    for i in 0..<20 { try folder.write("bee/empty\(i).png", []) }
    let remarks = try load().remarks
    #expect(
      remarks == [
        "skipped: 23 files, 10 are read: 20 empty (bee/empty0.png, ...); 3 truncated (ant/cut0.png, "
          + "...): most of the data is left out; JPEG and PNG files are read"
      ])
  }

  @Test func partialClassesAreSaid() throws {
    for i in 0..<4 { try write("ant/\(i).png", "bee/\(i).png") }
    let images = try load(classes: ClassList(names: ["Bee", "Cow", "Ant, any", "Dog"]))
    #expect(images.labels == [2, 2, 2, 2, 0, 0, 0, 0] && images.presentClasses == [0, 2])
    #expect(
      images.remarks == ["images show 2 of 4 classes: every figure is about those 2"])
    let split = DataSplit(of: images, seed: 1)
    #expect(throws: DatasetError.self) { try split.checkParts(of: images, path: "d") }
    #expect(throws: Never.self) { try split.checkParts(of: images, path: "d", partial: true) }
  }

  @Test func unlabelledPicturesMayLieAnywhere() throws {
    try write("a.png", "x/b.png", "x/y/z/c.png")
    try folder.write("x/notes.txt", text: "no picture")
    let images = try Dataset.unlabelled(
      folder.path, preprocessing: rgb, classNames: ["ant", "bee"])
    #expect(images.count == 3 && images.classNames == ["ant", "bee"])
    #expect(images.skipped.map(\.name) == ["x/notes.txt"])
    // A loop of links ends.
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/x/again", withDestinationPath: folder.path)
    let looped = try Dataset.unlabelled(folder.path, preprocessing: rgb, classNames: ["ant"])
    #expect(looped.count == 3)
    #expect(looped.skipped.map(\.reason).contains("a link to a folder that was read already"))
    #expect(throws: DatasetError.self) {
      try Dataset.unlabelled(folder.path + "/a.png", preprocessing: rgb, classNames: ["ant"])
    }
  }

  @Test func foldersFindTheirClassByLikeness() {
    let list = ClassList(names: [
      "n01440764 tench, Tinca tinca", "golden retriever", "crane", "crane", "sea-lion",
    ])
    #expect(
      list.names == [
        "n01440764 tench, Tinca tinca", "golden retriever", "crane", "crane (2)", "sea-lion",
      ])
    for (folder, output) in [
      ("n01440764", 0), ("Tench", 0), ("Golden_Retriever", 1), ("sea lion", 4),
      ("n01440764_tench", 0),
    ] {
      #expect(list.output(ofFolder: folder) == output, "\(folder)")
    }
    // Which crane is meant nobody knows.
    #expect(list.output(ofFolder: "crane") == nil && list.output(ofFolder: "retriever") == nil)
  }

  @Test func listsMayNameFolders() throws {
    let path = try folder.write("c.txt", Array("cat\tkitten\ttom\ndog\n".utf8))
    let list = try ClassList.load(path, outputs: 2)
    #expect(list.names == ["cat", "dog"])
    #expect(["kitten", "tom", "cat", "dog"].map(list.output) == [0, 0, 0, 1])
    let map = try folder.write("m.txt", Array("wolf = dog\n\nlion = 0\n".utf8))
    let labelled = try ClassList.load(map, outputs: 2, labels: ["cat", "dog"])
    #expect(labelled.names == ["cat", "dog"])
    #expect(["wolf", "lion", "cat"].map(labelled.output) == [1, 0, nil])
  }
}
