/// What a network's outputs are called, and which folder of pictures belongs to which output.
public struct ClassList: Sendable, Equatable {
  /// One per output, all different.
  public let names: [String]
  /// Folders that belong to an output by a file's word; they go before any likeness of names.
  private var given: [String: Int] = [:]
  /// Outputs by the names that a folder may have for them; -1 where that is not clear.
  private var exact: [String: Int] = [:]
  private var alike: [String: Int] = [:]

  /// The names as they are; those that occur more than once get a number behind them, and no folder
  /// is taken for one of them.
  public init(names: [String]) {
    var taken = Set(names)
    var seen = Set<String>()
    var unique: [String] = []
    for name in names {
      var own = name
      var number = 2
      while seen.contains(own) || (own != name && taken.contains(own)) {
        own = "\(name) (\(number))"
        number += 1
      }
      seen.insert(own)
      taken.insert(own)
      unique.append(own)
    }
    self.names = unique
    for (index, name) in names.enumerated() {
      Self.enter(name, index, &exact)
      for alias in Self.aliases(of: name) { Self.enter(alias, index, &alike) }
    }
  }

  private static func enter(_ name: String, _ index: Int, _ table: inout [String: Int]) {
    if let known = table[name], known != index { table[name] = -1 } else { table[name] = index }
  }

  /// The output that the pictures of a folder are of: by the file's word, by its name, or by a name
  /// that differs in case, blanks, hyphens and underlines, in what follows a comma, or in a WordNet
  /// number before it. Nil where there is none, or more than one.
  public func output(ofFolder folder: String) -> Int? {
    if let index = given[folder] { return index }
    if let index = exact[folder] { return index < 0 ? nil : index }
    let found = Set(Self.aliases(of: folder).compactMap { alike[$0] })
    guard found.count == 1, let index = found.first, index >= 0 else { return nil }
    return index
  }

  /// What `name` may be written as: whole, without what follows its first comma; of "n01440764 tench"
  /// also either part.
  private static func aliases(of name: String) -> Set<String> {
    func plain(_ text: some StringProtocol) -> String {
      text.lowercased().split { $0 == " " || $0 == "_" || $0 == "-" || $0 == "\t" }
        .joined(separator: " ")
    }
    var result: Set<String> = []
    var whole = name[...]
    let first = name.prefix { $0 != " " && $0 != "_" && $0 != "-" }
    if first.count == 9, first.first == "n", first.dropFirst().allSatisfy(\.isWholeNumber) {
      result.insert(plain(first))
      whole = name.dropFirst(first.count + 1)
    }
    result.insert(plain(whole))
    result.insert(plain(whole.prefix { $0 != "," }))
    result.remove("")
    return result
  }
}

extension ClassList {
  /// Reads a text file in one of two forms.
  ///
  /// *In order*: one name a line, the line's number is the output; behind a tabulator may follow the
  /// names of folders whose pictures are of that class. *A map*: lines `folder = number`, the number
  /// of an output from 0, for the classes that there are pictures of; the other outputs are called
  /// what `labels` says, or "output N".
  ///
  /// - Parameters:
  ///   - outputs: how many the network has.
  ///   - labels: what a model file calls them; a map may then say a label instead of a number.
  /// - Throws: `DatasetError` with the line, if the file can't be read or is neither.
  public static func load(
    _ path: String, outputs: Int, labels: [String]? = nil
  ) throws -> ClassList {
    let lines = parse(try ByteStream(path: path).rest())
    guard let first = lines.first(where: { !$0.isEmpty }) else {
      throw DatasetError(path, "names no class")
    }
    for (number, line) in lines.enumerated() {
      let bad = line.unicodeScalars.first {
        $0 != "\t" && ($0.value < 0x20 || (0x7F...0x9F).contains($0.value))
      }
      if let bad {
        throw DatasetError(
          "\(path):\(number + 1)",
          "holds control character \(bad.value); names are text, one class a line")
      }
    }
    return isMapping(first, labels)
      ? try map(lines, path, outputs, labels) : try order(lines, path, outputs)
  }

  private static func order(_ lines: [String], _ path: String, _ outputs: Int) throws -> ClassList {
    if let gap = lines.firstIndex(of: "") {
      throw DatasetError(path, "line \(gap + 1) is empty; each line names one class")
    }
    guard lines.count == outputs else {
      throw DatasetError(
        path,
        "names \(lines.count) classes, the network has \(outputs) outputs: expected one name a line "
          + "for each, in their order, or lines 'folder = number' for those with pictures")
    }
    let rows = lines.map { $0.split(separator: "\t").map(trimmed) }
    var result = ClassList(names: rows.map { $0[0] })
    for (line, row) in rows.enumerated() {
      for folder in row.dropFirst() where !folder.isEmpty {
        try result.give(folder, line, "\(path):\(line + 1)")
      }
    }
    return result
  }

  private static func map(
    _ lines: [String], _ path: String, _ outputs: Int, _ labels: [String]?
  ) throws -> ClassList {
    var names = labels ?? (0..<outputs).map { "output \($0)" }
    var folders: [(folder: String, output: Int, line: Int)] = []
    for (number, line) in lines.enumerated() where !line.isEmpty {
      guard let (folder, value) = sides(line) else {
        throw DatasetError("\(path):\(number + 1)", "expected 'folder = number', found '\(line)'")
      }
      guard let output = output(value, labels), (0..<outputs).contains(output) else {
        throw DatasetError(
          "\(path):\(number + 1)",
          "'\(value)' is no output of the network: expected a number from 0 to \(outputs - 1)"
            + (labels == nil ? "" : " or one of the model's labels"))
      }
      if labels == nil, !folders.contains(where: { $0.output == output }) { names[output] = folder }
      folders.append((folder, output, number))
    }
    var result = ClassList(names: names)
    // Only what the file says counts.
    result.exact = [:]
    result.alike = [:]
    for entry in folders {
      try result.give(entry.folder, entry.output, "\(path):\(entry.line + 1)")
    }
    return result
  }

  private mutating func give(_ folder: String, _ output: Int, _ place: String) throws {
    if let known = given[folder], known != output {
      throw DatasetError(
        place, "folder '\(folder)' is already output \(known), '\(names[known])'")
    }
    given[folder] = output
  }

  private static func isMapping(_ line: String, _ labels: [String]?) -> Bool {
    sides(line).map { output($0.value, labels) != nil } ?? false
  }

  private static func output(_ text: String, _ labels: [String]?) -> Int? {
    Int(text) ?? labels?.firstIndex(of: text)
  }

  /// What is before and behind the last equals sign.
  private static func sides(_ line: String) -> (folder: String, value: String)? {
    guard let sign = line.lastIndex(of: "=") else { return nil }
    let folder = trimmed(line[..<sign]), value = trimmed(line[line.index(after: sign)...])
    return folder.isEmpty || value.isEmpty ? nil : (folder, value)
  }

  /// The lines of a text without blanks around them, without empty ones at the end.
  static func parse(_ bytes: [UInt8]) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(
      trimmed)
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
