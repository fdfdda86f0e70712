/// Columns of text, the first to the left and the others to the right.
struct TextTable {
  private var rows: [[String]] = []

  mutating func add(_ cells: String...) { rows.append(cells) }

  /// One line a row, cells two blanks apart.
  var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { c in
      rows.map { c < $0.count ? $0[c].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { c, cell in
        let filling = String(repeating: " ", count: widths[c] - cell.count)
        return c == 0 ? cell + filling : filling + cell
      }.joined(separator: "  ").trimmingTrailingBlanks()
    }.joined(separator: "\n")
  }
}

extension String {
  fileprivate func trimmingTrailingBlanks() -> String {
    var result = self
    while result.last == " " { result.removeLast() }
    return result
  }
}
