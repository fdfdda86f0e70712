import Foundation

/// Reads what a user says about clusters.
public enum ClusterFile {
  /// `text` is `auto`, a number, `superclasses`, or the path of a cluster file.
  ///
  /// - Throws: `DatasetError` naming the file and line, what was found and what was expected.
  public static func source(_ text: String, images: LabelledImages) throws -> ClusterSource {
    if text == "auto" { return .automatic(count: nil) }
    if let count = Int(text) {
      guard count >= 1 && count <= images.classCount else {
        throw DatasetError(
          "--clusters",
          "\(count) clusters of \(images.classCount) classes; there can be 1 to "
            + "\(images.classCount)")
      }
      return .automatic(count: count)
    }
    if text == "superclasses" {
      guard let coarse = images.coarse, let clusterOfClass = coarse.superclasses(of: images) else {
        throw DatasetError("--clusters", "these images come without superclasses")
      }
      return .given(ClusterMap(names: coarse.names, clusterOfClass: clusterOfClass))
    }
    guard let contents = try? String(contentsOfFile: text, encoding: .utf8) else {
      throw DatasetError(
        text, "is neither auto, a number, superclasses, nor a text file that can be read")
    }
    return .given(try parse(contents, path: text, classNames: images.classNames))
  }

  /// One cluster a line: `name: class, class, ...`; empty lines and lines starting with # are
  /// passed over. Every class belongs to exactly one cluster.
  static func parse(
    _ contents: String, path: String, classNames: [String]
  ) throws -> ClusterMap {
    let indices = Dictionary(zip(classNames, classNames.indices), uniquingKeysWith: { a, _ in a })
    var names: [String] = []
    var clusterOfClass = [Int?](repeating: nil, count: classNames.count)
    let lines = contents.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in lines.enumerated() {
      let text = line.trimmingCharacters(in: .whitespaces)
      if text.isEmpty || text.hasPrefix("#") { continue }
      guard let colon = text.firstIndex(of: ":") else {
        throw DatasetError(
          "\(path):\(number + 1)", "expected 'name: class, class', found '\(text)'")
      }
      let name = String(text[..<colon]).trimmingCharacters(in: .whitespaces)
      guard !name.isEmpty else {
        throw DatasetError("\(path):\(number + 1)", "the cluster has no name before the colon")
      }
      guard !names.contains(name) else {
        throw DatasetError("\(path):\(number + 1)", "a second cluster is named '\(name)'")
      }
      names.append(name)
      for part in text[text.index(after: colon)...].split(separator: ",") {
        let name = part.trimmingCharacters(in: .whitespaces)
        if name.isEmpty { continue }
        guard let index = indices[name] else {
          throw DatasetError("\(path):\(number + 1)", "'\(name)' is no class of these images")
        }
        if let other = clusterOfClass[index] {
          throw DatasetError(
            "\(path):\(number + 1)", "'\(name)' already belongs to cluster '\(names[other])'")
        }
        clusterOfClass[index] = names.count - 1
      }
    }
    if let missing = clusterOfClass.firstIndex(of: nil) {
      throw DatasetError(path, "class '\(classNames[missing])' is in no cluster")
    }
    if let empty = names.indices.first(where: { k in !clusterOfClass.contains(k) }) {
      throw DatasetError(path, "cluster '\(names[empty])' has no class")
    }
    return ClusterMap(names: names, clusterOfClass: clusterOfClass.map { $0! })
  }
}
