import Foundation
import SINFCompiler
import SINFModel
import Testing

/// The binary data sets, in small.
@Suite struct DataBinaryTests {
  private let rgb = Preprocessing(width: 32, height: 32, channels: 3, colorOrder: .rgb)
  private let small = Preprocessing(width: 3, height: 2, channels: 1, colorOrder: .grey)

  /// A record whose pixel i is red i, green i + 1, blue i + 2 (modulo 256) plus `shift`.
  private func record(_ labels: [UInt8], shift: Int) -> [UInt8] {
    labels + (0..<3).flatMap { c in (0..<1024).map { UInt8(($0 + c + shift) & 255) } }
  }

  private func names(_ count: Int) -> String {
    (0..<count).map { "name \($0)\n" }.joined() + "\n"
  }

  private var cifar100: [(name: String, bytes: [UInt8])] {
    [
      ("cifar-100-binary/", []),
      ("cifar-100-binary/test.bin", record([1, 9], shift: 50)),
      ("cifar-100-binary/fine_label_names.txt", Array(names(100).utf8)),
      ("cifar-100-binary/train.bin", record([0, 7], shift: 0) + record([19, 99], shift: 7)),
      ("cifar-100-binary/coarse_label_names.txt", Array(names(20).utf8)),
    ]
  }

  private func checkCIFAR100(_ images: LabelledImages) {
    #expect(images.labels == [7, 99, 9])
    #expect(images.testPart == 2..<3)
    #expect(images.classNames.count == 100 && images.classNames[7] == "name 7")
    #expect(images.coarse?.labels == [0, 19, 1] && images.coarse?.names.count == 20)
    #expect(images.sources.map(\.description) == ["train.bin#0", "train.bin#1", "test.bin#0"])
    #expect(images.pixels[..<6] == [0, 1, 2, 1, 2, 3])
    #expect(images.pixels[images.byteRange(of: 2)].suffix(3) == [49, 50, 51])
  }

  @Test func cifar100FromFolderArchiveAndPlainTar() throws {
    let folder = try TemporaryFolder()
    for (name, bytes) in cifar100 where !name.hasSuffix("/") { try folder.write(name, bytes) }
    checkCIFAR100(try Dataset.load(folder.path, preprocessing: rgb))
    checkCIFAR100(try Dataset.load(folder.path + "/cifar-100-binary", preprocessing: rgb))
    let archive = tarArchive(cifar100)
    checkCIFAR100(
      try Dataset.load(folder.write("a.tar.gz", gzipped(archive)), preprocessing: rgb))
    checkCIFAR100(try Dataset.load(folder.write("b.tar", archive), preprocessing: rgb))
    let long = String(repeating: "long/", count: 30)
    checkCIFAR100(
      try Dataset.load(
        folder.write("c.tar", tarArchive(cifar100.map { (long + $0.name, $0.bytes) })),
        preprocessing: rgb))
  }

  @Test(arguments: ArchiveForm.allCases)
  func cifar100FromOtherArchives(_ form: ArchiveForm) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/any.name"
    try form.write(cifar100.filter { !$0.name.hasSuffix("/") }, to: path)
    checkCIFAR100(try Dataset.load(path, preprocessing: rgb))
    // Cut anywhere: refused, never taken for a smaller whole.
    let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    for share in [1, 5, 9] {
      let cut = try folder.write("cut", Array(whole.prefix(whole.count * share / 10)))
      #expect(throws: DatasetError.self) { try Dataset.load(cut, preprocessing: rgb) }
    }
  }

  @Test func oneFileIsOnePartWithoutTraining() throws {
    let folder = try TemporaryFolder()
    for (name, bytes) in cifar100 where !name.hasSuffix("/") { try folder.write(name, bytes) }
    let images = try Dataset.load(
      folder.path + "/cifar-100-binary/test.bin", preprocessing: rgb)
    #expect(images.labels == [9] && images.classNames[9] == "name 9")
  }

  @Test func cifar10() throws {
    let folder = try TemporaryFolder()
    try folder.write("data_batch_1.bin", record([3], shift: 1))
    try folder.write("data_batch_2.bin", record([4], shift: 2))
    try folder.write("test_batch.bin", record([5], shift: 3))
    try folder.write("batches.meta.txt", text: names(10))
    let images = try Dataset.load(folder.path, preprocessing: rgb)
    #expect(images.labels == [3, 4, 5] && images.testPart == 2..<3 && images.coarse == nil)
  }

  @Test func channelsAsTheNetworkWantsThem() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "test_batch.bin",
      [2] + [UInt8](repeating: 10, count: 1024)
        + [UInt8](repeating: 100, count: 1024) + [UInt8](repeating: 200, count: 1024))
    var wanted = rgb
    wanted.colorOrder = .bgr
    #expect(try Dataset.load(folder.path, preprocessing: wanted).pixels[..<3] == [200, 100, 10])
    wanted.colorOrder = .grey
    wanted.channels = 1
    // 0.299 * 10 + 0.587 * 100 + 0.114 * 200 = 84.5
    let grey = try Dataset.load(folder.path, preprocessing: wanted)
    #expect(grey.pixels.count == 1024 && (84...85).contains(grey.pixels[0]))
  }

  @Test func brokenCIFARIsNamed() throws {
    func problem(_ files: [(String, [UInt8])]) throws -> String {
      let folder = try TemporaryFolder()
      for (name, bytes) in files { try folder.write(name, bytes) }
      let error = #expect(throws: DatasetError.self) {
        try Dataset.load(folder.path, preprocessing: rgb)
      }
      return error?.problem ?? ""
    }
    let good = record([0, 7], shift: 0)
    #expect(
      try problem([("train.bin", Array(good.dropLast()))])
        == "train.bin has 3073 bytes, no multiple of CIFAR-100's record of 3074")
    #expect(
      try problem([("train.bin", good + record([0, 100], shift: 0))])
        == "train.bin, record 1: label 100 is not one of CIFAR-100")
    #expect(
      try problem([("train.bin", good), ("fine_label_names.txt", Array("a\nb\n".utf8))])
        == "fine_label_names.txt has 2 names, expected 100")
    let folder = try TemporaryFolder()
    let cut = Array(gzipped(tarArchive(cifar100)).dropLast(200))
    let path = try folder.write("cut.tar.gz", cut)
    #expect(throws: DatasetError.self) { try Dataset.load(path, preprocessing: rgb) }
    var wrong = rgb
    wrong.width = 64
    try folder.write("test_batch.bin", record([1], shift: 0))
    let error = #expect(throws: DatasetError.self) {
      try Dataset.load(folder.path, preprocessing: wrong)
    }
    #expect(error?.problem == "holds images of 32x32 pixels, the network takes 64x32")
  }

  private func idx(_ magic: UInt8, _ sizes: [Int], _ body: [UInt8]) -> [UInt8] {
    [0, 0, 8, magic] + sizes.flatMap { [0, 0, UInt8($0 >> 8), UInt8($0 & 255)] } + body
  }

  @Test(arguments: [false, true])
  func idxPairs(isPacked: Bool) throws {
    let folder = try TemporaryFolder()
    func put(_ name: String, _ bytes: [UInt8]) throws {
      try folder.write(name + (isPacked ? ".gz" : ""), isPacked ? gzipped(bytes) : bytes)
    }
    try put("train-images-idx3-ubyte", idx(3, [2, 2, 3], Array(0..<12)))
    try put("train-labels-idx1-ubyte", idx(1, [2], [4, 0]))
    try put("t10k-images-idx3-ubyte", idx(3, [1, 2, 3], Array(20..<26)))
    try put("t10k-labels-idx1-ubyte", idx(1, [1], [2]))
    let images = try Dataset.load(folder.path, preprocessing: small)
    #expect(images.labels == [4, 0, 2] && images.testPart == 2..<3)
    #expect(images.pixels == Array(0..<12) + Array(20..<26))
    #expect(images.classNames == ["0", "1", "2", "3", "4"])

    let named = try Dataset.load(
      folder.path + "/t10k-images-idx3-ubyte" + (isPacked ? ".gz" : ""), preprocessing: small,
      classes: ClassList(names: ["a", "b", "c", "d", "e"]))
    #expect(named.labels == [2] && named.classNames[2] == "c")
    let colour = Preprocessing(width: 3, height: 2, channels: 3, colorOrder: .rgb)
    #expect(
      try Dataset.load(folder.path, preprocessing: colour).pixels[..<6] == [0, 0, 0, 1, 1, 1])
  }

  @Test func brokenIDXIsNamed() throws {
    func problem(_ images: [UInt8], _ labels: [UInt8]?) throws -> String {
      let folder = try TemporaryFolder()
      try folder.write("train-images-idx3-ubyte", images)
      if let labels { try folder.write("train-labels-idx1-ubyte", labels) }
      let error = #expect(throws: DatasetError.self) {
        try Dataset.load(folder.path, preprocessing: small)
      }
      return error?.problem ?? ""
    }
    let images = idx(3, [2, 2, 3], Array(0..<12))
    let labels = idx(1, [2], [4, 0])
    #expect(try problem(images, nil).hasPrefix("has no file of labels beside it"))
    #expect(
      try problem(Array(images.dropLast()), labels)
        == "ends too soon: 2 images needs 12 bytes, 11 are left")
    #expect(
      try problem(images + [0], labels)
        == "goes on behind the last element that its header announces")
    #expect(try problem(images, idx(1, [3], [4, 0, 1])).hasPrefix("holds 2 images"))
    #expect(try problem(labels + labels, labels).hasPrefix("is not a file of IDX images"))
  }

  @Test func whatIsUnknownIsRefused() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("notes.txt", Array("hello".utf8))
    for path in [folder.path, file, folder.path + "/missing"] {
      #expect(throws: DatasetError.self) { try Dataset.load(path, preprocessing: rgb) }
    }
  }
}
