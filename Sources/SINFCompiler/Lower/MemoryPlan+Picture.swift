extension MemoryPlan {
  /// The plan as text: for each program a line a step, across it the arena from its first byte to
  /// its last, a letter for each block that is needed in that step, `.` for free bytes; below, what
  /// the letters mean.
  public func picture(columns: Int = 64) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    var text = "arena: \(arenaBytes) bytes (at least \(leastBytes) are needed at one time)\n"
    for (program, description) in programs.enumerated() {
      let used = buffers.indices.filter { index in
        buffers[index].uses.contains { $0.program == program }
      }.sorted { (first(of: $0, in: program), $0) < (first(of: $1, in: program), $1) }
      var letter: [Int: Character] = [:]
      for (position, index) in used.enumerated() {
        letter[index] = letters[position % letters.count]
      }
      let wide = description.steps.map(\.count).max() ?? 0
      text += "\n\(description.name)\n"
      for (step, name) in description.steps.enumerated() {
        var row = [Character](repeating: ".", count: columns)
        for index in used where buffers[index].isNeeded(in: program, at: step) {
          let buffer = buffers[index]
          let start = buffer.offset * columns / max(arenaBytes, 1)
          let end = (buffer.offset + buffer.bytes) * columns / max(arenaBytes, 1)
          for column in start..<min(max(end, start + 1), columns) { row[column] = letter[index]! }
        }
        let filling = String(repeating: " ", count: wide - name.count)
        text += "  \(name)\(filling) |\(String(row))|\n"
      }
      for index in used {
        let buffer = buffers[index]
        text += "  \(letter[index]!) \(buffer.name): \(buffer.bytes) bytes at \(buffer.offset)\n"
      }
    }
    return text
  }

  private func first(of buffer: Int, in program: Int) -> Int {
    buffers[buffer].uses.filter { $0.program == program }.map(\.steps.lowerBound).min() ?? 0
  }
}
