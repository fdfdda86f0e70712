import Foundation
import SINFModel

/// A folder of class folders with JPEG and PNG files (the ImageFolder convention), each turned
/// into the network's input by the code that the device uses. Files may lie one folder deeper
/// inside their class. Classes are in the order of their folders' names (as UTF-8 bytes), or in a
/// given order. Whatever is no picture of a class is named and skipped.
///
/// Where the folder has nothing but `train` and `test` (or `val`, `validation`), the class
/// folders are inside those, and all but `train` make the data set's test part.
struct FolderReader {
  let preprocessing: Preprocessing
  /// Called with the files done and all files.
  var progress: ((Int, Int) -> Void)?

  func read(_ path: String, classOrder: [String]?) throws -> LabelledImages {
    var scan = FolderScan(root: path)
    try scan.run(classOrder: classOrder)
    guard !scan.files.isEmpty else {
      throw DatasetError(
        path,
        "holds no file in a class folder"
          + (scan.skipped.first.map { " (skipped \($0.name): \($0.reason))" } ?? ""))
    }
    let form = PixelForm(preprocessing)
    let decoded = try PictureBatch(preprocessing: preprocessing).decode(
      scan.files.map { path + "/" + $0.name }, progress: progress)
    var result = LabelledImages(
      width: form.width, height: form.height, channels: form.channels, pixels: [], labels: [],
      classNames: scan.classNames, sources: [])
    result.skipped = scan.skipped
    result.pixels.reserveCapacity(scan.files.count * form.bytesPerImage)
    var ownCount = 0
    for (file, picture) in zip(scan.files, decoded) {
      switch picture {
      case .success(let pixels):
        result.pixels += pixels
        result.labels.append(file.label)
        result.sources.append(ImageSource(file: file.name))
        if !file.isTest { ownCount += 1 }
      case .failure(let error):
        result.skipped.append(SkippedFile(name: file.name, reason: error.problem))
      }
    }
    guard result.count > 0 else {
      let first = result.skipped.last!
      throw DatasetError(
        path,
        "holds no readable picture among \(scan.files.count) files (\(first.name): \(first.reason))"
      )
    }
    result.testPart = ownCount..<result.count
    return result
  }
}

/// What a folder of class folders holds, before any file is opened.
struct FolderScan {
  struct File {
    /// Path below the root.
    var name: String
    var label: Int
    var isTest: Bool
  }

  let root: String
  private(set) var classNames: [String] = []
  /// Training files first, then by name.
  private(set) var files: [File] = []
  private(set) var skipped: [SkippedFile] = []

  private static let partNames: Set<String> = ["train", "test", "val", "validation"]

  init(root: String) { self.root = root }

  mutating func run(classOrder: [String]?) throws {
    let top = try entries("")
    let folders = top.filter(\.isFolder).map(\.name)
    var parts = [(prefix: "", isTest: false)]
    if folders.count > 1, folders.contains("train"), Self.partNames.isSuperset(of: folders) {
      skipStray(top, in: "")
      let held = folders.filter { $0 != "train" }
      parts = [("train/", false)] + held.map { ($0 + "/", true) }
    }
    var found: [(part: (prefix: String, isTest: Bool), className: String)] = []
    for part in parts {
      let listed = try entries(part.prefix)
      skipStray(listed, in: part.prefix)
      found += listed.filter(\.isFolder).map { (part, $0.name) }
    }
    let names = Set(found.map(\.className))
    if let classOrder {
      if let missing = classOrder.first(where: { !names.contains($0) }) {
        throw DatasetError(root, "has no folder for class '\(missing)' of the given list")
      }
      classNames = classOrder
    } else {
      classNames = names.sorted(by: Self.precedes)
    }
    let index = Dictionary(uniqueKeysWithValues: classNames.enumerated().map { ($1, $0) })
    for (part, className) in found {
      guard let label = index[className] else {
        skip(part.prefix + className, "not in the given list of classes")
        continue
      }
      try scanClass(part.prefix + className + "/", label: label, isTest: part.isTest)
    }
  }

  private mutating func scanClass(_ prefix: String, label: Int, isTest: Bool) throws {
    let before = files.count
    for entry in try entries(prefix) {
      guard entry.isFolder else {
        take(entry, prefix, label, isTest)
        continue
      }
      for inner in try entries(prefix + entry.name + "/") {
        if inner.isFolder {
          skip(prefix + entry.name + "/" + inner.name, "folder nested too deep")
        } else {
          take(inner, prefix + entry.name + "/", label, isTest)
        }
      }
    }
    if files.count == before { skip(String(prefix.dropLast()), "class folder without a file") }
  }

  private mutating func take(_ entry: Entry, _ prefix: String, _ label: Int, _ isTest: Bool) {
    if entry.name.hasPrefix(".") {
      skip(prefix + entry.name, "hidden file")
    } else if let problem = entry.problem {
      skip(prefix + entry.name, problem)
    } else {
      files.append(File(name: prefix + entry.name, label: label, isTest: isTest))
    }
  }

  private mutating func skipStray(_ listed: [Entry], in prefix: String) {
    for entry in listed where !entry.isFolder {
      skip(prefix + entry.name, entry.problem ?? "not in a class folder")
    }
  }

  private mutating func skip(_ name: String, _ reason: String) {
    skipped.append(SkippedFile(name: name, reason: reason))
  }

  private struct Entry {
    var name: String
    var isFolder: Bool
    /// Why it can't be read as a file.
    var problem: String?
  }

  /// What a folder holds, links followed, in the order of names.
  private func entries(_ below: String) throws -> [Entry] {
    let folder = root + "/" + below
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw DatasetError(folder, "can't be listed")
    }
    return names.sorted(by: Self.precedes).map { name in
      var status = stat()
      if stat(folder + name, &status) != 0 {
        return Entry(name: name, isFolder: false, problem: String(cString: strerror(errno)))
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR where name.hasPrefix("."):
        return Entry(name: name, isFolder: false, problem: "hidden folder")
      case S_IFDIR: return Entry(name: name, isFolder: true)
      case S_IFREG: return Entry(name: name, isFolder: false)
      default: return Entry(name: name, isFolder: false, problem: "neither a file nor a folder")
      }
    }
  }

  private static func precedes(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }
}
