import Foundation
import SINFModel

/// Grey images and labels in IDX files, gzip or not, as MNIST and Fashion-MNIST are published:
/// big-endian, magic 0x0803 and three sizes before the images, 0x0801 and one before the labels.
struct IDXReader {
  let form: PixelForm

  /// Reads all pairs of a folder, or the pair of one images file. Files named `t10k` or `test`
  /// are the test part.
  func read(_ path: String, classNames given: [String]?) throws -> LabelledImages {
    let pairs = try Self.pairs(path)
    let train = pairs.filter { !$0.isTest }
    let test = pairs.filter(\.isTest)
    var pixels: [UInt8] = []
    var labels: [Int] = []
    var sources: [ImageSource] = []
    var trainCount = 0
    for pair in train + test {
      let name = URL(fileURLWithPath: pair.images).lastPathComponent
      let read = try images(pair.images)
      let readLabels = try Self.labels(pair.labels)
      guard read.count == readLabels.count else {
        throw DatasetError(
          pair.images,
          "holds \(read.count) images, \(pair.labels) has \(readLabels.count) labels")
      }
      pixels += read.pixels
      labels += readLabels.map(Int.init)
      sources += (0..<read.count).map { ImageSource(file: name, record: $0) }
      if !pair.isTest { trainCount += read.count }
    }
    let classCount = (labels.max() ?? 0) + 1
    if let given, given.count < classCount {
      throw DatasetError(
        path, "has labels up to \(classCount - 1), but only \(given.count) class names were given")
    }
    return LabelledImages(
      width: form.width, height: form.height, channels: form.channels, pixels: pixels,
      labels: labels, classNames: given ?? (0..<classCount).map(String.init), sources: sources,
      testPart: trainCount..<labels.count)
  }

  private func images(_ path: String) throws -> (count: Int, pixels: [UInt8]) {
    let stream = try ByteStream(path: path)
    let header = try stream.bytes(16, for: "the header of IDX images")
    try Self.expect(magic: 0x0803, header, "images", path)
    let (count, rows, columns) = (
      Self.size(header, 4), Self.size(header, 8), Self.size(header, 12)
    )
    try form.check(width: columns, height: rows, path: path)
    guard count <= 1 << 24 else {
      throw DatasetError(path, "says it holds \(count) images, more than the limit of \(1 << 24)")
    }
    let raw = try stream.bytes(count * rows * columns, for: "\(count) images")
    try Self.expectEnd(stream)
    let size = form.bytesPerImage
    let pixels = [UInt8](unsafeUninitializedCapacity: count * size) { target, written in
      raw.withUnsafeBufferPointer { raw in
        for image in 0..<count {
          form.packGrey(
            raw.baseAddress! + image * rows * columns, to: target.baseAddress! + image * size)
        }
      }
      written = count * size
    }
    return (count, pixels)
  }

  private static func labels(_ path: String) throws -> [UInt8] {
    let stream = try ByteStream(path: path)
    let header = try stream.bytes(8, for: "the header of IDX labels")
    try expect(magic: 0x0801, header, "labels", path)
    let count = size(header, 4)
    guard count <= 1 << 24 else {
      throw DatasetError(path, "says it holds \(count) labels, more than the limit of \(1 << 24)")
    }
    let result = try stream.bytes(count, for: "\(count) labels")
    try expectEnd(stream)
    return result
  }

  private static func size(_ header: [UInt8], _ at: Int) -> Int {
    header[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func expect(
    magic: Int, _ header: [UInt8], _ what: String, _ path: String
  ) throws {
    let found = size(header, 0)
    guard found == magic else {
      throw DatasetError(
        path,
        "is not a file of IDX \(what): starts with \(String(found, radix: 16)) (hexadecimal),"
          + " expected \(String(magic, radix: 16))")
    }
  }

  private static func expectEnd(_ stream: ByteStream) throws {
    guard try stream.upTo(1).isEmpty else {
      throw DatasetError(stream.path, "goes on behind the last element that its header announces")
    }
  }

  private struct Pair {
    var images: String
    var labels: String
    var isTest: Bool
  }

  static func isImages(_ name: String) -> Bool {
    name.contains("images") && name.contains("idx3-ubyte")
  }

  private static func pairs(_ path: String) throws -> [Pair] {
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let url = URL(fileURLWithPath: path)
    let folder = isFolder.boolValue ? path : url.deletingLastPathComponent().path
    let all = try FileManager.default.contentsOfDirectory(atPath: folder)
    let wanted = isFolder.boolValue ? all.filter(isImages).sorted() : [url.lastPathComponent]
    return try wanted.map { images in
      let stem = { (name: String) in name.hasSuffix(".gz") ? String(name.dropLast(3)) : name }
      let labels = stem(images).replacingOccurrences(of: "images", with: "labels")
        .replacingOccurrences(of: "idx3", with: "idx1")
      guard labels != stem(images), let found = all.sorted().first(where: { stem($0) == labels })
      else {
        throw DatasetError(folder + "/" + images, "has no file of labels beside it (\(labels))")
      }
      let name = images.lowercased()
      return Pair(
        images: folder + "/" + images, labels: folder + "/" + found,
        isTest: name.hasPrefix("t10k") || name.hasPrefix("test"))
    }
  }
}
