import Foundation

/// What a folder of class folders holds, before any file is opened.
struct FolderScan {
  struct File {
    /// Path below the root.
    var name: String
    var label: Int
    var part: Part
  }

  /// What a data set's own division says of a file.
  enum Part: Int, Comparable {
    case train, validation, test
    static func < (a: Part, b: Part) -> Bool { a.rawValue < b.rawValue }

    /// By the name of a folder, in any case.
    init?(folder: String) {
      switch folder.lowercased() {
      case "train", "training": self = .train
      case "val", "valid", "validation", "dev": self = .validation
      case "test", "testing": self = .test
      default: return nil
      }
    }
  }

  let root: String
  private(set) var classNames: [String] = []
  /// Training files first, then those that choose, then those that report; by name.
  private(set) var files: [File] = []
  private(set) var skipped: [SkippedFile] = []

  init(root: String) { self.root = root }

  mutating func run(classes: ClassList?) throws {
    var found: [(prefix: String, part: Part, className: String)] = []
    for (prefix, part) in try parts() {
      let listed = try entries(prefix)
      skipStray(listed, in: prefix)
      found += listed.filter(\.isFolder).map { (prefix, part, $0.name) }
    }
    let names = Set(found.map(\.className)).sorted(by: Self.precedes)
    if classes == nil { try checkPlace(names) }
    classNames = classes?.names ?? names
    let index = Dictionary(
      uniqueKeysWithValues: names.enumerated().compactMap { position, name in
        (classes == nil ? position : classes?.output(ofFolder: name)).map { (name, $0) }
      })
    if let classes, index.isEmpty {
      throw DatasetError(
        root,
        "none of its \(names.count) folders (\(Self.some(names))) is one of the "
          + "\(classes.names.count) classes (\(Self.some(classes.names))): name them alike, or give "
          + "--classes a file with lines 'folder = number', numbers of outputs from 0")
    }
    for (prefix, part, className) in found {
      guard let label = index[className] else {
        skip(prefix + className, "not in the given list of classes")
        continue
      }
      try scanClass(prefix + className + "/", label: label, part: part)
    }
  }

  /// The first names of a list.
  private static func some(_ names: [String]) -> String {
    names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", ..." : "")
  }

  /// Where class folders lie: in the root, or in folders that are named as the parts of a data set
  /// and hold folders themselves. What lies beside such parts is skipped.
  private mutating func parts() throws -> [(prefix: String, part: Part)] {
    let top = try entries("")
    let folders = top.filter(\.isFolder).map(\.name)
    let named = try folders.compactMap { name in
      try Part(folder: name).flatMap { part in
        try entries(name + "/").contains(where: \.isFolder) ? (name + "/", part) : nil
      }
    }
    let isDivided =
      named.count == folders.count || (named.count > 1 && named.contains { $0.1 == .train })
    guard isDivided, !named.isEmpty else { return [("", .train)] }
    skipStray(top, in: "")
    for name in folders where !named.contains(where: { $0.0 == name + "/" }) {
      skip(name, "beside the parts of the data set")
    }
    return named.sorted { $0.1 < $1.1 }
  }

  /// Refuses a folder with a single class: it is the wrong one of several.
  private func checkPlace(_ names: [String]) throws {
    guard names.count == 1 else { return }
    let only = names[0]
    let inside = try entries(only + "/").filter(\.isFolder).map(\.name)
    if inside.count > 1 {
      throw DatasetError(
        root,
        "holds one folder, '\(only)', with \(inside.count) folders in it (\(Self.some(inside))): if "
          + "those are the classes, give \(root)/\(only)")
    }
    throw DatasetError(
      root,
      "holds one folder, '\(only)': expected one folder a class, at least two; pictures without "
        + "labels are for --calibration")
  }

  private mutating func scanClass(_ prefix: String, label: Int, part: Part) throws {
    let before = files.count
    for entry in try entries(prefix) {
      guard entry.isFolder else {
        take(entry, prefix, label, part)
        continue
      }
      for inner in try entries(prefix + entry.name + "/") {
        if inner.isFolder {
          skip(prefix + entry.name + "/" + inner.name, "folder nested too deep")
        } else {
          take(inner, prefix + entry.name + "/", label, part)
        }
      }
    }
    if files.count == before { skip(String(prefix.dropLast()), "class folder without a file") }
  }

  private mutating func take(_ entry: Entry, _ prefix: String, _ label: Int, _ part: Part) {
    if entry.name.hasPrefix(".") {
      skip(prefix + entry.name, "hidden file")
    } else if let problem = entry.problem {
      skip(prefix + entry.name, problem)
    } else {
      files.append(File(name: prefix + entry.name, label: label, part: part))
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

  private static func precedes(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }
}

extension FolderScan {
  /// Folders below the root that are looked into for pictures without labels.
  private static let deepest = 8

  /// Takes every file of the root and the folders in it, whatever they are called; all of one class.
  mutating func runUnlabelled() throws {
    classNames = [""]
    var seen: Set<FolderIdentity> = []
    try walk("", depth: 0, &seen)
  }

  /// A folder, whatever path leads to it.
  private struct FolderIdentity: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  private mutating func walk(
    _ prefix: String, depth: Int, _ seen: inout Set<FolderIdentity>
  ) throws {
    var status = stat()
    if stat(root + "/" + prefix, &status) == 0 {
      let identity = FolderIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
      guard seen.insert(identity).inserted else {
        skip(String(prefix.dropLast()), "a link to a folder that was read already")
        return
      }
    }
    for entry in try entries(prefix) {
      if !entry.isFolder {
        take(entry, prefix, 0, .train)
      } else if depth < Self.deepest {
        try walk(prefix + entry.name + "/", depth: depth + 1, &seen)
      } else {
        skip(prefix + entry.name, "folder nested too deep")
      }
    }
  }

  fileprivate struct Entry {
    var name: String
    var isFolder: Bool
    /// Why it can't be read as a file.
    var problem: String?
  }

  /// What a folder holds, links followed, in the order of names.
  fileprivate func entries(_ below: String) throws -> [Entry] {
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
}
