import SINFCompiler

/// What `sinfc evaluate` prints.
struct EvaluationText {
  var facts: ModelFacts
  var run: ModelRun
  var float: Estimate?
  var threshold: Float
  var skipped: Int
  /// Classes that the images show.
  var present: Int
  /// Which of the images the data set publishes as its test part.
  var isPublished: [Bool]

  /// What the model's minimum share does here, in words; nil where it has none.
  var precisionText: String? {
    given.map {
      "a label is given from a top share of \(PrecisionText.share($0.share)):\n  "
        + PrecisionText.figures($0, "images")
    }
  }

  func text(_ format: OutputFormat, numbers: [String: Any]) -> String {
    format == .json ? ResultText.json(json.merging(numbers) { own, _ in own }) : table
  }

  private var isRouted: Bool { !facts.clusterNames.isEmpty }

  private var summary: RoutedSummary {
    run.routed(
      threshold: threshold, stopMargin: facts.stopMargin, clusterOfClass: facts.clusterOfClass)
  }

  private var json: [String: Any] {
    var object: [String: Any] = [
      "images": run.count, "skipped": skipped, "arena_bytes": facts.arenaBytes,
      "classes": facts.labels.count, "classes_present": present,
    ]
    if let float { ResultText.put(float, "base_float_accuracy", &object) }
    if let given = given { object["given_labels"] = PrecisionText.object(given) }
    if let memorised {
      ResultText.put(memorised.own, "accuracy_before_test_part", &object)
      ResultText.put(memorised.published, "accuracy_of_test_part", &object)
    }
    if facts.minimumShare > 0 { object["minimum_share"] = Double(facts.minimumShare) }
    if !run.wholeClass.isEmpty {
      ResultText.put(run.wholeEstimate, "whole_accuracy", &object)
      object["whole_macs"] = run.cost.whole
    }
    if isRouted {
      let summary = summary
      ResultText.put(summary.accuracyEstimate, "routed_accuracy", &object)
      object["routed_macs"] = summary.meanMultiplyAccumulates
      ResultText.put(summary.routeEstimate, "route_accuracy", &object)
      object["fallback_share"] = summary.fallbackShare
      object["threshold"] = Double(threshold)
      object["stop_share"] = summary.stopShare
      object["stop_margin"] = Double(facts.stopMargin)
      ResultText.put(run.oracleEstimate, "oracle_accuracy", &object)
      object["clusters"] = clusters.map { cluster in
        var object: [String: Any] = ["name": cluster.name, "images": cluster.images]
        ResultText.put(cluster.routed, "routed_accuracy", &object)
        ResultText.put(cluster.oracle, "oracle_accuracy", &object)
        return object
      }
    }
    return object
  }

  private var table: String {
    var table = TextTable()
    table.add("", "accuracy", "MACs")
    if let float { table.add("float32 network", float.percent) }
    if !run.wholeClass.isEmpty {
      table.add(
        "int8, whole network", run.wholeEstimate.percent,
        ResultText.millions(run.cost.whole))
    }
    let lines = [
      given.map {
        "a label is given from a top share of \(PrecisionText.share($0.share)): "
          + PrecisionText.figures($0, "images")
      }, memorisedText,
    ].compactMap { $0 }
    let end = lines.map { "\n" + $0 }.joined()
    guard isRouted else { return "\(table.text)\non \(imagesText)\(end)" }
    let summary = summary
    table.add(
      "int8, routed", summary.accuracyEstimate.percent,
      ResultText.millions(Int(summary.meanMultiplyAccumulates)))
    table.add("int8, oracle route", run.oracleEstimate.percent)
    var perCluster = TextTable()
    perCluster.add("cluster", "images", "routed", "oracle", "whole")
    for c in clusters {
      perCluster.add(
        c.name, "\(c.images)", c.text(c.routed), c.text(c.oracle),
        run.wholeClass.isEmpty ? "-" : c.text(c.whole))
    }
    return """
      \(table.text)
      on \(imagesText); route accuracy \(summary.routeEstimate.percent), fallback share \
      \(ResultText.percent(summary.fallbackShare)) at threshold \(threshold), \
      \(ResultText.percent(summary.stopShare)) stopped at the route predictor\(end)

      \(perCluster.text)
      """
  }

  private var imagesText: String {
    "\(run.count) images"
      + (present < facts.labels.count ? " of \(present) of \(facts.labels.count) classes" : "")
      + "\(skipped == 0 ? "" : " (\(skipped) files skipped)"), ± one standard error"
  }

  /// A warning where figures flatter; nil where nothing says so.
  var memorisedText: String? {
    memorised.map {
      "warning: right on \($0.own.percent) of the images before the data set's test part, on "
        + "\($0.published.percent) of the test part: the network has probably been trained on the "
        + "former, and these figures flatter; --part published has the others alone"
    }
  }

  private var memorised: MemorisedImages? {
    MemorisedImages(
      isRight: run.answers(threshold: threshold, stopMargin: facts.stopMargin).map(\.isRight),
      isPublished: isPublished)
  }

  /// What the model's own minimum share does on these images.
  private var given: GivenLabels? {
    guard facts.minimumShare > 0 else { return nil }
    let answers = run.answers(threshold: threshold, stopMargin: facts.stopMargin)
    return GivenLabels(answers, from: facts.minimumShare)
  }

  /// Accuracies of the images of each cluster's classes.
  private var clusters: [ClusterRow] {
    let isRight = run.isRight(threshold: threshold, stopMargin: facts.stopMargin)
    return facts.clusterNames.enumerated().map { cluster, name in
      let own = run.labels.indices.filter { facts.clusterOfClass[run.labels[$0]] == cluster }
      func share(_ isRight: (Int) -> Bool) -> Estimate {
        Estimate(right: own.count(where: isRight), of: own.count)
      }
      let hasWhole = !run.wholeClass.isEmpty
      return ClusterRow(
        name: name, images: own.count,
        routed: share { isRight[$0] }, oracle: share { run.oracleClass[$0] == run.labels[$0] },
        whole: share { hasWhole && run.wholeClass[$0] == run.labels[$0] })
    }
  }

  private struct ClusterRow {
    var name: String
    var images: Int
    var routed: Estimate
    var oracle: Estimate
    var whole: Estimate

    /// A dash where no image is of the cluster.
    func text(_ accuracy: Estimate) -> String { images == 0 ? "-" : accuracy.percent }
  }
}
