import Foundation
import SINFCompiler

/// A compilation as one self-contained page: figures, clusters, filters kept, accuracy against cost.
/// Pictures are inline SVG; nothing is loaded from anywhere.
struct HTMLReport {
  var model: CompiledModel
  var base: CompiledBase
  var compilation: Compilation
  var command: String

  var text: String {
    guard let test = model.test, let plan = model.plan, let chosen = model.chosen else { return "" }
    let map = plan.chosen.clusters.clusterOfClass
    let summary = test.routed(
      threshold: chosen.threshold, stopMargin: chosen.stopMargin, clusterOfClass: map)
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <title>\(Self.escape(compilation.base.name)) compiled for sinf</title>
      <style>\(Self.style)</style></head><body>
      <h1>\(Self.escape(compilation.base.name)) compiled for sinf</h1>
      <p>\(headline(summary))</p>
      \(resultTable(summary, test))
      <h2>Accuracy against cost</h2>
      <p>Validation images, which chose the threshold: each point is one threshold, from always
      trusting the route (left) to more and more fallbacks (right).</p>
      \(sweepPicture)
      <h2>Clusters</h2>
      \(clusterTable(test, plan: plan, threshold: chosen.threshold))
      <h2>Where to split</h2>
      <p>Route accuracy of a first look (linear predictor on 2x2 means, validation images) against
      the share of the cost before the split.</p>
      \(trialTable(plan))
      <h2>Filters kept</h2>
      \(keptPicture)
      <h2>Memory</h2>
      <p>The arena over time, one column a step; everything the inference needs is in it.</p>
      <pre>\(Self.escape(model.memoryPlan))</pre>
      <h2>How it was made</h2>
      <p>\(Self.escape(compilation.split.origin)); seed \(compilation.options.seed);
      \(compilation.split.fit.count) images fit, \(compilation.split.validation.count) chose,
      \(compilation.split.test.count) report. Every accuracy is of the 8-bit network run by the
      shipped runtime on images that no step of the compilation saw, unless it says otherwise.</p>
      <pre>sinfc \(Self.escape(command))</pre>
      </body></html>
      """
  }

  private func headline(_ summary: RoutedSummary) -> String {
    let share = summary.meanMultiplyAccumulates / Double(base.test.cost.whole)
    let loss = (base.test.wholeAccuracy - summary.accuracy) * 100
    return String(
      format: "An image costs %.1f %% of the base network's multiply-accumulates on average, "
        + "predictor and fallbacks included, for %.2f points of accuracy (%.2f %% instead of "
        + "%.2f %%, %d test images).",
      share * 100, loss, summary.accuracy * 100, base.test.wholeAccuracy * 100, summary.images)
  }

  private func resultTable(_ summary: RoutedSummary, _ test: ModelRun) -> String {
    let whole = Double(base.test.cost.whole)
    func row(_ name: String, _ accuracy: Double, _ cost: Double?) -> String {
      let costs =
        cost.map {
          "<td>\(ResultText.millions(Int($0)))</td><td>\(ResultText.percent($0 / whole))</td>"
        } ?? "<td></td><td></td>"
      return "<tr><th>\(name)</th><td>\(ResultText.percent(accuracy))</td>\(costs)</tr>"
    }
    var rows = [
      row("base float32", base.floatTestAccuracy, whole),
      row("base int8", base.test.wholeAccuracy, whole),
      row("SINF int8, routed", summary.accuracy, summary.meanMultiplyAccumulates),
      row("SINF int8, oracle route", test.oracleAccuracy, nil),
    ]
    if !test.wholeClass.isEmpty {
      rows.append(row("SINF int8, fallback alone", test.wholeAccuracy, Double(test.cost.whole)))
    }
    return "<table><tr><th></th><td>accuracy</td><td>MACs</td><td>of base</td></tr>"
      + rows.joined() + "</table><p>Route accuracy \(ResultText.percent(summary.routeAccuracy)), "
      + "fallback share \(ResultText.percent(summary.fallbackShare)) at threshold "
      + String(format: "%.3f", summary.threshold)
      + "; file \(model.file.count) bytes, arena \(model.description.arenaBytes) bytes.</p>"
  }

  private func clusterTable(_ test: ModelRun, plan: RoutePlan, threshold: Float) -> String {
    let clusters = plan.chosen.clusters
    let rows = (0..<clusters.count).map { cluster in
      let own = test.labels.indices.filter {
        clusters.clusterOfClass[test.labels[$0]] == cluster
      }
      func share(_ isRight: (Int) -> Bool) -> String {
        own.isEmpty
          ? "-" : ResultText.percent(Double(own.filter(isRight).count) / Double(own.count))
      }
      let members = clusters.members(cluster).map { compilation.images.classNames[$0] }
      let visitors = model.description.clusters[cluster].rows.count - members.count
      return """
        <tr><th>\(Self.escape(clusters.names[cluster]))</th><td>\(share { test.cluster[$0] == cluster })</td>\
        <td>\(share { test.oracleClass[$0] == test.labels[$0] })</td>\
        <td>\(ResultText.millions(test.cost.subgraph[cluster]))</td>\
        <td>\(visitors)</td><td class="names">\(Self.escape(members.joined(separator: ", ")))</td></tr>
        """
    }
    return """
      <table><tr><th>cluster</th><td>routed right</td><td>accuracy, oracle route</td><td>MACs</td>\
      <td>visiting classes</td><td class="names">members</td></tr>\(rows.joined())</table>
      """
  }

  private func trialTable(_ plan: RoutePlan) -> String {
    let rows = plan.trials.map { trial in
      let isChosen =
        trial.value == plan.chosen.value && trial.clusters.count == plan.chosen.clusters.count
      return "<tr\(isChosen ? " class=\"chosen\"" : "")><th>\(Self.escape(trial.name))</th>"
        + "<td>\(trial.shape)</td><td>\(ResultText.percent(trial.costShare))</td>"
        + "<td>\(trial.clusters.count)</td><td>\(ResultText.percent(trial.routeAccuracy))</td></tr>"
    }
    return "<table><tr><th>tensor</th><td>shape</td><td>cost before</td><td>clusters</td>"
      + "<td>route accuracy</td></tr>\(rows.joined())</table>"
  }

  static func escape(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: ">", with: "&gt;")
  }
}
