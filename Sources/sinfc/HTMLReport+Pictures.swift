import Foundation
import SINFCompiler

extension HTMLReport {
  static let style = """
    body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
    table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right;vertical-align:top;
    border-bottom:1px solid #ddd;white-space:nowrap}th{text-align:left;font-weight:600}td.names{text-align:left;white-space:normal}
    svg{overflow:visible}
    tr.chosen{background:#e7f4e4}pre{overflow:auto;background:#f6f6f6;padding:1rem}
    svg text{font:12px system-ui,sans-serif;fill:#333}
    """

  /// Accuracy (up) against mean cost as a share of the base network (right), with the base
  /// network's accuracy as a line and the chosen threshold as a filled point.
  var sweepPicture: String {
    let base = Double(base.test.cost.whole)
    // A threshold that was given need not be one of the sweep.
    let shown = model.sweep + (model.chosen.map { [$0] } ?? [])
    let points = shown.map { ($0.meanMultiplyAccumulates / base, $0.accuracy) }
    let baseline = model.baseValidationAccuracy
    let xs = points.map(\.0), ys = points.map(\.1) + [baseline]
    let minX = (xs.min() ?? 0) - 0.02, maxX = (xs.max() ?? 1) + 0.02
    let minY = (ys.min() ?? 0) - 0.005, maxY = (ys.max() ?? 1) + 0.005
    let width = 640.0, height = 300.0, left = 60.0, bottom = 40.0
    func x(_ v: Double) -> Double { left + (v - minX) / (maxX - minX) * (width - left - 10) }
    func y(_ v: Double) -> Double {
      height - bottom - (v - minY) / (maxY - minY) * (height - bottom - 10)
    }
    var svg = "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" width=\"\(Int(width))\">"
    for step in 0...4 {
      let vx = minX + (maxX - minX) * Double(step) / 4
      let vy = minY + (maxY - minY) * Double(step) / 4
      svg += String(
        format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.0f %%</text>", x(vx),
        height - bottom + 16, vx * 100)
      svg += String(
        format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%.1f %%</text>", left - 6,
        y(vy) + 4, vy * 100)
      svg += String(
        format: "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#eee\"/>", left,
        width - 10, y(vy), y(vy))
    }
    svg += String(
      format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">multiply-accumulates, share of "
        + "the base network</text>", (left + width) / 2, height - 6)
    svg += String(
      format: "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#888\" "
        + "stroke-dasharray=\"4\"/><text x=\"%.1f\" y=\"%.1f\">base int8</text>", left,
      width - 10, y(baseline), y(baseline), left + 6, y(baseline) - 4)
    for (summary, point) in zip(shown, points) {
      let isChosen = summary.threshold == model.chosen?.threshold
      svg += String(
        format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%@\" stroke=\"#2a6\"/>",
        x(point.0), y(point.1), isChosen ? 6 : 3, isChosen ? "#2a6" : "none")
    }
    return svg + "</svg>"
  }

  /// One bar a dependency group: filters kept of all, from the first layer to the last.
  var keptPicture: String {
    let groups = model.keptFilters
    let height = groups.count * 20 + 10
    let most = Double(groups.map(\.of).max() ?? 1)
    var svg = "<svg viewBox=\"0 0 640 \(height)\" width=\"640\">"
    for (index, group) in groups.enumerated() {
      let y = index * 20 + 4
      let all = Double(group.of) / most * 480, kept = Double(group.kept) / most * 480
      svg += String(
        format: "<rect x=\"50\" y=\"%d\" width=\"%.1f\" height=\"14\" fill=\"#ddd\"/>"
          + "<rect x=\"50\" y=\"%d\" width=\"%.1f\" height=\"14\" fill=\"#2a6\"/>"
          + "<text x=\"44\" y=\"%d\" text-anchor=\"end\">%d</text>"
          + "<text x=\"%.1f\" y=\"%d\">%d of %d</text>", y, all, y, kept, y + 11, index + 1,
        56 + all, y + 11, group.kept, group.of)
    }
    return svg + "</svg>"
  }
}
