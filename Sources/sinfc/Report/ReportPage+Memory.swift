import SINFCompiler

/// The arena over time and the filters that are left, as pictures.
extension ReportPage {
  private static let width = 400.0

  var memorySection: String {
    let programs = content.description.memoryBlocks
    let arena = max(content.description.arenaBytes, 1)
    let steps = programs.reduce(0) { $0 + $1.steps }
    guard steps > 0 else { return "" }
    let gap = 6.0, height = 200.0, top = 18.0
    let step = (Self.width - gap * Double(programs.count - 1)) / Double(steps)
    var svg =
      "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(height + top + 4))\" role=\"img\" "
      + "aria-label=\"The arena while an image is classified: \(programs.map(\.name).map(Self.escape).joined(separator: ", "))\">"
    var x = 0.0
    for program in programs {
      let width = step * Double(program.steps)
      svg +=
        "<rect class=\"free\" x=\"\(n(x))\" y=\"\(n(top))\" width=\"\(n(width))\" "
        + "height=\"\(n(height))\"/>"
      if width > 40 {
        svg +=
          "<text class=\"tick\" x=\"\(n(x + 2))\" y=\"12\">"
          + "\(Self.escape(String(program.name.prefix(Int(width / 6.5)))))</text>"
      }
      for block in program.blocks {
        let y = top + Double(block.offset) / Double(arena) * height
        let tall = max(Double(block.bytes) / Double(arena) * height, 0.6)
        svg +=
          "<rect class=\"block\" x=\"\(n(x + step * Double(block.steps.lowerBound)))\" "
          + "y=\"\(n(y))\" width=\"\(n(step * Double(block.steps.count)))\" height=\"\(n(tall))\">"
          + "<title>\(Self.escape(program.name)), steps \(block.steps.lowerBound + 1) to "
          + "\(block.steps.upperBound + 1): \(block.name), \(block.bytes) bytes at \(block.offset)</title></rect>"
      }
      x += width + gap
    }
    svg += "</svg>"
    let names = programs.map { "\(Self.escape($0.name)) (\($0.steps) steps)" }
    return section(
      "Memory",
      """
      <p>All that an inference needs lies in one block of \(content.description.arenaBytes) bytes. From
      left to right the steps of \(names.joined(separator: ", ")); from top to bottom the block's bytes.
      Each rectangle is a tensor from the step that writes it to the last one that reads it.</p>
      <figure class="memory">\(svg)</figure>
      """)
  }

  var filterSection: String {
    let groups = content.keptFilters
    guard groups.contains(where: { $0.kept < $0.of }) else { return "" }
    let most = Double(groups.map(\.of).max() ?? 1)
    let row = 18.0
    var svg =
      "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(row * Double(groups.count) + 4))\" "
      + "role=\"img\" aria-label=\"Filters kept of each layer; the table below has the numbers\">"
    for (index, group) in groups.enumerated() {
      let y = Double(index) * row + 2, scale = 210 / most
      svg +=
        "<text class=\"tick\" x=\"0\" y=\"\(n(y + 11))\">\(Self.escape(shortened(group.name)))</text>"
        + "<rect class=\"free\" x=\"112\" y=\"\(n(y))\" width=\"\(n(Double(group.of) * scale))\" height=\"13\"/>"
        + "<rect class=\"block\" x=\"112\" y=\"\(n(y))\" width=\"\(n(Double(group.kept) * scale))\" height=\"13\"/>"
        + "<text class=\"tick\" x=\"\(n(116 + Double(group.of) * scale))\" y=\"\(n(y + 11))\">"
        + "\(group.kept) of \(group.of)</text>"
    }
    svg += "</svg>"
    let rows = groups.map { [Self.escape($0.name), "\($0.kept)", "\($0.of)"] }
    return section(
      "Filters kept",
      "<p>Layers whose channels stand and fall together, named by the first of them.</p>"
        + "<figure class=\"memory\">\(svg)</figure><details><summary>The same as a table</summary>"
        + table("Filters kept", ["layer", "kept", "of"], rows) + "</details>")
  }

  var errorSection: String {
    let layers = content.layerErrors
    guard let worst = layers.max(by: { $0.relative < $1.relative }) else { return "" }
    let most = max(worst.relative, 1e-9)
    let rows = layers.map { layer in
      [
        Self.escape(layer.name),
        "<span class=\"bar\" style=\"--v:\(ResultText.decimals(layer.relative / most, 3))\">"
          + "\(ResultText.percent(layer.relative))</span>",
      ]
    }
    let path = content.clusters.isEmpty ? "" : " on the way through the fallback"
    return section(
      "What 8 bits cost, layer by layer",
      "<p>Root mean square of the difference from float32\(path), as a share of the values', errors of "
        + "earlier layers included, on 16 calibration images. The largest is "
        + "\(ResultText.percent(worst.relative)), at \(Self.escape(worst.name)).</p>"
        + "<details><summary>All \(layers.count) layers</summary>"
        + table("Quantisation error", ["layer", "error"], rows) + "</details>")
  }

  /// The end of a long name says more than its beginning.
  private func shortened(_ name: String) -> String {
    name.count <= 17 ? name : "…" + name.suffix(16)
  }

  private func n(_ value: Double) -> String { ResultText.decimals(value, 1) }
}
