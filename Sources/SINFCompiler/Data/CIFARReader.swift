import Foundation
import SINFModel

/// CIFAR-10 and CIFAR-100 in their published binary form: records of one label byte (CIFAR-10) or
/// a superclass and a class byte (CIFAR-100) and 3072 bytes of 32x32 pixels, red, green, blue
/// planes (Krizhevsky, "Learning multiple layers of features from tiny images", 2009). The
/// number of records comes from the files' sizes.
struct CIFARReader {
  let form: PixelForm

  /// Reads a folder with the published files, an archive of them (tar or zip, packed or not), or one `.bin`.
  func read(_ path: String) throws -> LabelledImages {
    let files = try Self.files(path)
    let kind = try Self.kind(of: files, path: path)
    try form.check(width: 32, height: 32, path: path)
    let records = files.filter { $0.key.hasSuffix(".bin") }.sorted { $0.key < $1.key }
    let isTest = { (name: String) in name.hasPrefix("test") }
    let train = records.filter { !isTest($0.key) }
    let test = records.filter { isTest($0.key) }
    guard !records.isEmpty else { throw DatasetError(path, "holds no .bin file of CIFAR") }

    var classNames = try Self.names(files[kind.namesFile], kind.classes, kind.namesFile, path)
    if classNames.isEmpty { classNames = (0..<kind.classes).map(String.init) }
    let coarseNames =
      try kind.coarseNamesFile.map { file in
        let names = try Self.names(files[file], kind.coarseClasses, file, path)
        return names.isEmpty ? (0..<kind.coarseClasses).map(String.init) : names
      }

    var pixels: [UInt8] = []
    var labels: [Int] = []
    var coarse: [Int] = []
    var sources: [ImageSource] = []
    let total = records.reduce(0) { $0 + $1.value.count / kind.recordBytes }
    pixels.reserveCapacity(total * form.bytesPerImage)
    var trainCount = 0
    for (name, bytes) in train + test {
      guard bytes.count % kind.recordBytes == 0 else {
        throw DatasetError(
          path,
          "\(name) has \(bytes.count) bytes, no multiple of \(kind.name)'s record of"
            + " \(kind.recordBytes)")
      }
      let count = bytes.count / kind.recordBytes
      for record in 0..<count {
        let start = record * kind.recordBytes
        let label = Int(bytes[start + kind.labelBytes - 1])
        let superclass = Int(bytes[start])
        guard label < kind.classes, kind.labelBytes == 1 || superclass < kind.coarseClasses else {
          throw DatasetError(
            path, "\(name), record \(record): label \(label) is not one of \(kind.name)")
        }
        labels.append(label)
        if kind.labelBytes == 2 { coarse.append(superclass) }
        sources.append(ImageSource(file: name, record: record))
      }
      pixels += pack(bytes, kind: kind, count: count)
      if !isTest(name) { trainCount += count }
    }
    return LabelledImages(
      width: 32, height: 32, channels: form.channels, pixels: pixels, labels: labels,
      classNames: classNames,
      coarse: coarseNames.map { CoarseLabels(labels: coarse, names: $0) }, sources: sources,
      testPart: trainCount..<labels.count)
  }

  private func pack(_ bytes: [UInt8], kind: Kind, count: Int) -> [UInt8] {
    let size = form.bytesPerImage
    return [UInt8](unsafeUninitializedCapacity: count * size) { target, written in
      bytes.withUnsafeBufferPointer { bytes in
        for record in 0..<count {
          form.packPlanes(
            bytes.baseAddress! + record * kind.recordBytes + kind.labelBytes,
            to: target.baseAddress! + record * size)
        }
      }
      written = count * size
    }
  }

  /// What differs between the two.
  private struct Kind {
    var name: String
    var labelBytes: Int
    var classes: Int
    var coarseClasses = 0
    var namesFile: String
    var coarseNamesFile: String?
    var recordBytes: Int { labelBytes + 3072 }

    static let cifar10 = Kind(
      name: "CIFAR-10", labelBytes: 1, classes: 10, namesFile: "batches.meta.txt")
    static let cifar100 = Kind(
      name: "CIFAR-100", labelBytes: 2, classes: 100, coarseClasses: 20,
      namesFile: "fine_label_names.txt", coarseNamesFile: "coarse_label_names.txt")
  }

  /// By the published names of the files, or else by the size of a lone file.
  private static func kind(of files: [String: [UInt8]], path: String) throws -> Kind {
    if files["fine_label_names.txt"] != nil || files["train.bin"] != nil { return .cifar100 }
    if files["batches.meta.txt"] != nil || files.keys.contains(where: { $0.contains("_batch") }) {
      return .cifar10
    }
    let sizes = files.filter { $0.key.hasSuffix(".bin") }.map(\.value.count)
    let fits = [Kind.cifar10, .cifar100].filter { kind in
      sizes.allSatisfy { $0 > 0 && $0 % kind.recordBytes == 0 }
    }
    guard fits.count == 1 else {
      throw DatasetError(
        path,
        "is neither CIFAR-10 (records of 3073 bytes) nor CIFAR-100 (3074) for certain:"
          + " .bin files of \(sizes) bytes and no file of label names")
    }
    return fits[0]
  }

  /// Names of files that matter, beside which an archive or a folder may hold others.
  static func isRelevant(_ name: String) -> Bool {
    name.hasSuffix(".bin")
      || ["fine_label_names.txt", "coarse_label_names.txt", "batches.meta.txt"].contains(name)
  }

  private static func files(_ path: String) throws -> [String: [UInt8]] {
    var result: [String: [UInt8]] = [:]
    let folder: String
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isFolder.boolValue {
      folder = path
      for name in try FileManager.default.contentsOfDirectory(atPath: path)
      where name.hasSuffix(".bin") {
        result[name] = try ByteStream(path: path + "/" + name).rest()
      }
    } else if path.hasSuffix(".bin") {
      let url = URL(fileURLWithPath: path)
      folder = url.deletingLastPathComponent().path
      result[url.lastPathComponent] = try ByteStream(path: path).rest()
    } else {
      let archive = try ArchiveReader(path: path)
      while let entry = try archive.next() {
        if isRelevant(entry.fileName) { result[entry.fileName] = try archive.contents() }
      }
      return result
    }
    for name in ["fine_label_names.txt", "coarse_label_names.txt", "batches.meta.txt"]
    where FileManager.default.fileExists(atPath: folder + "/" + name) {
      result[name] = try ByteStream(path: folder + "/" + name).rest()
    }
    return result
  }

  private static func names(
    _ bytes: [UInt8]?, _ count: Int, _ file: String, _ path: String
  ) throws -> [String] {
    guard let bytes else { return [] }
    let names = ClassList.parse(bytes)
    guard names.count == count else {
      throw DatasetError(path, "\(file) has \(names.count) names, expected \(count)")
    }
    return names
  }
}
