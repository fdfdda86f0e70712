import SINFCompiler

/// What `sinfc evaluate` prints.
struct EvaluationText {
  var facts: ModelFacts
  var run: ModelRun
  var float: Double?
  var threshold: Float
  var skipped: Int

  func text(_ format: OutputFormat) -> String {
    format == .json ? json : table
  }

  private var isRouted: Bool { !facts.clusterNames.isEmpty }

  private var summary: RoutedSummary {
    run.routed(
      threshold: threshold, stopMargin: facts.stopMargin, clusterOfClass: facts.clusterOfClass)
  }

  private var json: String {
    var object: [String: Any] = [
      "images": run.count, "skipped": skipped, "arena_bytes": facts.arenaBytes,
    ]
    if let float { object["base_float_accuracy"] = float }
    if !run.wholeClass.isEmpty {
      object["whole_accuracy"] = run.wholeAccuracy
      object["whole_macs"] = run.cost.whole
    }
    if isRouted {
      let summary = summary
      object["routed_accuracy"] = summary.accuracy
      object["routed_macs"] = summary.meanMultiplyAccumulates
      object["route_accuracy"] = summary.routeAccuracy
      object["fallback_share"] = summary.fallbackShare
      object["threshold"] = Double(threshold)
      object["stop_share"] = summary.stopShare
      object["stop_margin"] = Double(facts.stopMargin)
      object["oracle_accuracy"] = run.oracleAccuracy
      object["clusters"] = clusters.map {
        [
          "name": $0.name, "images": $0.images, "routed_accuracy": $0.routed,
          "oracle_accuracy": $0.oracle,
        ] as [String: Any]
      }
    }
    return ResultText.json(object)
  }

  private var table: String {
    var table = TextTable()
    table.add("", "accuracy", "MACs")
    if let float { table.add("float32 network", ResultText.percent(float)) }
    if !run.wholeClass.isEmpty {
      table.add(
        "int8, whole network", ResultText.percent(run.wholeAccuracy),
        ResultText.millions(run.cost.whole))
    }
    guard isRouted else { return table.text + "\non \(run.count) images\(skippedText)" }
    let summary = summary
    table.add(
      "int8, routed", ResultText.percent(summary.accuracy),
      ResultText.millions(Int(summary.meanMultiplyAccumulates)))
    table.add("int8, oracle route", ResultText.percent(run.oracleAccuracy))
    var perCluster = TextTable()
    perCluster.add("cluster", "images", "routed", "oracle", "whole")
    for c in clusters {
      perCluster.add(
        c.name, "\(c.images)", ResultText.percent(c.routed), ResultText.percent(c.oracle),
        run.wholeClass.isEmpty ? "-" : ResultText.percent(c.whole))
    }
    return """
      \(table.text)
      on \(run.count) images\(skippedText); route accuracy \
      \(ResultText.percent(summary.routeAccuracy)), fallback share \
      \(ResultText.percent(summary.fallbackShare)) at threshold \(threshold), \
      \(ResultText.percent(summary.stopShare)) stopped at the route predictor

      \(perCluster.text)
      """
  }

  private var skippedText: String { skipped == 0 ? "" : " (\(skipped) files skipped)" }

  /// Accuracies of the images of each cluster's classes.
  private var clusters: [(name: String, images: Int, routed: Double, oracle: Double, whole: Double)]
  {
    let isRight = run.isRight(threshold: threshold, stopMargin: facts.stopMargin)
    return facts.clusterNames.enumerated().map { cluster, name in
      let own = run.labels.indices.filter { facts.clusterOfClass[run.labels[$0]] == cluster }
      func share(_ isRight: (Int) -> Bool) -> Double {
        own.isEmpty ? 0 : Double(own.filter(isRight).count) / Double(own.count)
      }
      let hasWhole = !run.wholeClass.isEmpty
      return (
        name, own.count,
        share { isRight[$0] }, share { run.oracleClass[$0] == run.labels[$0] },
        hasWhole ? share { run.wholeClass[$0] == run.labels[$0] } : 0
      )
    }
  }
}
