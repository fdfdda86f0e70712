/// A text file of class names, one a line; the line's number is the class. Empty lines at the
/// end don't count.
public enum ClassList {
  /// - Throws: `DatasetError` if the file can't be read, has a gap, or names a class twice.
  public static func load(_ path: String) throws -> [String] {
    let names = parse(try ByteStream(path: path).rest())
    guard !names.isEmpty else { throw DatasetError(path, "names no class") }
    if let gap = names.firstIndex(of: "") {
      throw DatasetError(path, "line \(gap + 1) is empty; each line names one class")
    }
    var lines: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      if let first = lines[name] {
        throw DatasetError(path, "lines \(first + 1) and \(index + 1) both name '\(name)'")
      }
      lines[name] = index
    }
    return names
  }

  static func parse(_ bytes: [UInt8]) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
      line in
      let start = line.drop { $0 == " " || $0 == "\t" }
      return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }
}
