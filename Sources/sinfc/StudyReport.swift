import Foundation
import SINFCompiler

/// The tables of a study in Markdown.
struct StudyReport {
  var compilation: Compilation
  var command: String
  var commit: String
  var plan: RoutePlan?
  var base: CompiledBase?
  var tradeoff: [TradeoffRow] = []
  var scores: [ScoreRow] = []
  var withinClusterBase: Double = 0
  /// Scores as pruning criteria: one cluster of all classes.
  var pruning: [ScoreRow] = []
  var wholeBase: Double = 0

  init(compilation: Compilation, command: String, commit: String) {
    self.compilation = compilation
    self.command = command
    self.commit = commit
  }

  var markdown: String {
    var text = """
      Network \(compilation.base.name), \
      \(ResultText.millions(compilation.base.graph.multiplyAccumulates)) multiply-accumulates. Seed \
      \(compilation.options.seed), commit \(commit). \(compilation.split.fit.count) images fit, \
      \(compilation.split.validation.count) choose, \(compilation.split.test.count) report: \
      \(compilation.split.origin). Behind ± is one standard error; \
      behind that of a difference, of the difference on the same images.

      ```
      sinfc \(command)
      ```

      """
    if base != nil { text += tradeoffText }
    if plan != nil { text += planText }
    if !scores.isEmpty { text += scoreText }
    return text
  }

  /// "-2.81 ± 0.66".
  private func change(_ loss: PairedLoss) -> String {
    String(format: "%+.2f ± %.2f", -loss.mean * 100, loss.standardError * 100)
  }

  /// An accuracy of the images that the rows of a comparison of scores are about.
  private func scored(_ accuracy: Double, _ rows: [ScoreRow]) -> String {
    Estimate(accuracy, of: rows.first?.images ?? 0).percent
  }

  private var tradeoffText: String {
    guard let base else { return "" }
    let whole = Double(base.test.cost.whole)
    var rows = [
      "| base float32 | | | | \(base.floatTestEstimate.plain) | | 100.0 | | | | | |",
      "| base int8 | | | | \(base.test.wholeEstimate.plain) | 0.00 | 100.0 | | | | "
        + "\(kilobytes(base.file.count)) | |",
    ]
    for row in tradeoff {
      let cost = row.test.meanMultiplyAccumulates / whole * 100
      rows.append(
        "| \(row.name) | \(row.clusters) | \(Int((row.thinnedTo * 100).rounded())) | "
          + "\(row.addsScores ? "yes" : "no") | \(row.test.accuracyEstimate.plain) | "
          + change(row.loss) + " | " + String(format: "%.1f", cost) + " | "
          + "\(row.test.routeEstimate.plain) | \(Estimate(row.oracleAccuracy, of: row.test.images).plain) | "
          + "\(percent(row.test.fallbackShare)) | \(kilobytes(row.fileBytes)) | "
          + "\(kilobytes(row.arenaBytes)) |")
    }
    return """

      ## Accuracy against cost

      Every accuracy is top-1 of the shipped 8-bit runtime on the test part (float32 where it says \
      so). MACs are the mean per image in per cent of the base network, route predictor and fallbacks \
      included. Thresholds were chosen on the validation part: the cheapest that loses at most 3 \
      points there, and where that is another one, at most 1 point.

      | configuration | clusters | layers thinned to, % of MACs | predictor's scores added | accuracy | against base int8 | MACs, % | route accuracy | oracle route | fallback | file, KB | arena, KB |
      |---|---|---|---|---|---|---|---|---|---|---|---|
      \(rows.joined(separator: "\n"))

      """
  }

  private var planText: String {
    guard let plan else { return "" }
    let rows = plan.trials.map { trial in
      "| \(trial.name) | \(trial.shape) | \(percent(trial.costShare)) | \(trial.clusters.count) | "
        + "\(Estimate(trial.routeAccuracy, of: compilation.split.validation.count).plain) |"
    }
    return """

      ## Routes

      What a first look at the split costs and gives (linear predictor on 2x2 means of the float \
      network's features, validation part), from the earliest place to the one that was taken: \
      \(plan.chosen.name) with \(plan.chosen.clusters.count) clusters.

      | tensor | shape | MACs before | clusters | route accuracy |
      |---|---|---|---|---|
      \(rows.joined(separator: "\n"))

      """
  }

  private var scoreText: String {
    return """

      ## Which filters: DCS against other scores

      Float network, oracle route, the cluster's own classes only, layers before the split as they \
      are, equal shares for every score, \(scores.first?.accuracies.count ?? 0) seeds. The base network \
      with the same rows: \(scored(withinClusterBase, scores)). The standard error holds the test images' \
      spread, which all rows share, and the seeds'.

      \(table(scores))

      ## DCS as a pruning criterion

      The same without clusters: one network of all classes at equal parameters, beside the criterion \
      of ICLR 2023 (TVSPrune) and chance. The base network: \(scored(wholeBase, pruning)).

      \(table(pruning))

      """
  }

  private func table(_ rows: [ScoreRow]) -> String {
    let lines = rows.map { row in
      String(
        format: "| %.0f to %.0f %% | %.1f | %.1f | %@ | %@ | %.2f ± %.2f |", row.firstShare * 100,
        row.lastShare * 100, row.costShare * 100, row.parameterShare * 100,
        row.compensation.rawValue, row.score.rawValue, row.mean * 100, row.standardError * 100)
    }
    return """
      | share removed, first to last layer | MACs, % | parameters, % | compensation | score | accuracy |
      |---|---|---|---|---|---|
      \(lines.joined(separator: "\n"))
      """
  }

  private func percent(_ share: Double) -> String { String(format: "%.2f", share * 100) }
  private func kilobytes(_ bytes: Int) -> String { "\((bytes + 512) / 1024)" }
}
