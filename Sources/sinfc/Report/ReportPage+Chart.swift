import Foundation
import SINFCompiler

/// Accuracy against cost.
///
/// Drawn as plain SVG and not by a chart library: a point has to be reached with the keyboard and read
/// aloud, which canvas charts (uPlot) and Vega's marks can't be; a page without scripts opens where
/// scripts are forbidden; and neither uPlot nor Vega-Lite is among the packages that builds may use.
extension ReportPage {
  var charts: String {
    guard content.candidates.count > 1 else { return "" }
    let costs = content.candidates.map { $0.multiplyAccumulates / content.whole.cost * 100 }
    let macs = chart(
      "Accuracy in % against multiply-accumulates",
      axis: "multiply-accumulates, % of \(content.whole.name)", costs)
    let times = chart(
      "Accuracy in % against milliseconds", axis: "milliseconds an image, this machine, one thread",
      content.candidates.map(\.milliseconds))
    let rows = content.candidates.filter { $0.kind != .threshold }.map { candidate in
      [
        Self.escape(candidate.name) + (candidate.isChosen ? " <strong>(this model)</strong>" : ""),
        candidate.accuracy.percent,
        ResultText.percent(candidate.multiplyAccumulates / content.whole.cost),
        ReportContent.milliseconds(candidate.milliseconds),
      ]
    }
    return section(
      "Accuracy against cost",
      """
      <p>\(Self.escape(content.candidatesNote)) Filled: this model. Rings: what else was tried.
      Squares: no clusters. Dots: other thresholds. Point at one, or walk with the tabulator.</p>
      <div class="charts">\(macs)\(times)</div>
      <details><summary>The same as a table</summary>\(table(
        "Candidates", ["candidate", "accuracy", "multiply-accumulates", "time an image"], rows))</details>
      """)
  }

  private static let width = 400.0, height = 300.0
  private static let left = 46.0, right = 10.0, top = 34.0, bottom = 42.0

  private func chart(_ title: String, axis: String, _ costs: [Double]) -> String {
    let accuracies = content.candidates.map { $0.accuracy.value * 100 }
    let errors = content.candidates.map { $0.accuracy.error * 100 }
    let xs = Scale(from: 0, to: costs.max() ?? 1)
    let ys = Scale(
      from: zip(accuracies, errors).map { $0 - $1 }.min() ?? 0,
      to: zip(accuracies, errors).map { $0 + $1 }.max() ?? 100)
    func x(_ v: Double) -> Double {
      Self.left + xs.place(v) * (Self.width - Self.left - Self.right)
    }
    func y(_ v: Double) -> Double {
      Self.height - Self.bottom - ys.place(v) * (Self.height - Self.bottom - Self.top)
    }
    var svg = """
      <figure><figcaption>\(title)</figcaption><svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
      role="group" aria-label="\(Self.escape(title))">
      """
    for v in xs.ticks {
      svg +=
        "<text class=\"tick\" x=\"\(n(x(v)))\" y=\"\(n(Self.height - Self.bottom + 15))\" "
        + "text-anchor=\"middle\">\(xs.text(v))</text>"
    }
    for v in ys.ticks {
      svg +=
        "<line class=\"grid\" x1=\"\(n(Self.left))\" x2=\"\(n(Self.width - Self.right))\" "
        + "y1=\"\(n(y(v)))\" y2=\"\(n(y(v)))\"/><text class=\"tick\" x=\"\(n(Self.left - 5))\" "
        + "y=\"\(n(y(v) + 4))\" text-anchor=\"end\">\(ys.text(v))</text>"
    }
    svg +=
      "<text class=\"tick\" x=\"\(n((Self.left + Self.width) / 2))\" "
      + "y=\"\(n(Self.height - 8))\" text-anchor=\"middle\">\(Self.escape(axis))</text>\n"
    // What matters lies on top.
    let order = content.candidates.indices.sorted {
      (rank($0), $0) < (rank($1), $1)
    }
    for i in order {
      svg += point(
        content.candidates[i], x(costs[i]), y(accuracies[i]),
        bar: (y(accuracies[i] - errors[i]), y(accuracies[i] + errors[i])))
    }
    return svg + "</svg></figure>"
  }

  private func rank(_ i: Int) -> Int {
    let candidate = content.candidates[i]
    return candidate.isChosen ? 3 : candidate.kind == .threshold ? 0 : 1
  }

  private func point(
    _ candidate: OperatingCandidate, _ x: Double, _ y: Double, bar: (Double, Double)
  ) -> String {
    let cost = ResultText.percent(candidate.multiplyAccumulates / content.whole.cost)
    let figures =
      "\(candidate.accuracy.percent), \(cost) of the multiply-accumulates, "
      + ReportContent.milliseconds(candidate.milliseconds)
    let words = Self.escape(candidate.name + (candidate.isChosen ? " (this model)" : ""))
    if candidate.kind == .threshold {
      return
        "<g class=\"dot\" aria-hidden=\"true\"><circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"2.5\"/>"
        + tip(words, figures) + "</g>\n"
    }
    let mark =
      candidate.kind == .whole
      ? "<rect x=\"\(n(x - 4.5))\" y=\"\(n(y - 4.5))\" width=\"9\" height=\"9\"/>"
      : "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"5.5\"/>"
    return "<g class=\"point\(candidate.isChosen ? " chosen" : "")\" tabindex=\"0\" role=\"img\" "
      + "aria-label=\"\(words): \(figures)\"><line x1=\"\(n(x))\" x2=\"\(n(x))\" y1=\"\(n(bar.0))\" "
      + "y2=\"\(n(bar.1))\"/>\(mark)\(tip(words, figures))</g>\n"
  }

  /// Shown above the chart while its point is pointed at.
  private func tip(_ words: String, _ figures: String) -> String {
    "<text class=\"tip\" x=\"\(n(Self.width - Self.right))\" y=\"11\" text-anchor=\"end\">\(words)</text>"
      + "<text class=\"tip\" x=\"\(n(Self.width - Self.right))\" y=\"24\" text-anchor=\"end\">\(figures)</text>"
  }

  private func n(_ value: Double) -> String { ResultText.decimals(value, 1) }
}

/// An axis with round numbers on it.
private struct Scale {
  let low: Double
  let high: Double
  let ticks: [Double]
  private let digits: Int

  init(from least: Double, to most: Double) {
    let span = max(most - least, 1e-6)
    let power = pow(10, (log10(span / 5)).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { span / $0 <= 6 } ?? 10 * power
    low = (least / step).rounded(.down) * step
    high = max((most / step).rounded(.up) * step, low + step)
    digits = max(0, Int((-log10(step)).rounded(.up)))
    let (first, count) = (low, Int(((high - low) / step).rounded()))
    ticks = (0...count).map { first + Double($0) * step }
  }

  func place(_ value: Double) -> Double { (value - low) / (high - low) }
  func text(_ value: Double) -> String { ResultText.decimals(value, digits) }
}
