import SINFCompiler

/// Clusters, classes, and what is taken for what.
extension ReportPage {
  var clusterSection: String {
    guard !content.clusters.isEmpty else { return "" }
    let rows = content.clusters.map { cluster in
      [
        Self.escape(cluster.name), "\(cluster.images)", cluster.route.percent,
        cluster.routed.percent, cluster.oracle.percent,
        ResultText.percent(Double(cluster.multiplyAccumulates) / content.whole.cost),
      ]
    }
    let members = content.clusters.map {
      "<dt>\(Self.escape($0.name))</dt><dd>\(Self.escape($0.members.joined(separator: ", ")))</dd>"
    }
    return section(
      "Clusters",
      table(
        "Clusters",
        [
          "cluster", "images", "routed here", "accuracy", "with the right route",
          "cost of its subgraph",
        ], rows) + "<details><summary>Their classes</summary><dl>\n"
        + members.joined(separator: "\n") + "\n</dl></details>")
  }

  var splitSection: String {
    guard let plan = content.plan else { return "" }
    let rows = plan.trials.map { trial in
      let isChosen =
        trial.value == plan.chosen.value && trial.clusters.count == plan.chosen.clusters.count
      return [
        Self.escape(trial.name) + (isChosen ? " <strong>(taken)</strong>" : ""), "\(trial.shape)",
        ResultText.percent(trial.costShare), "\(trial.clusters.count)",
        Estimate(trial.routeAccuracy, of: content.planImages).percent,
      ]
    }
    return section(
      "Where the network was split",
      "<p>How well a first look (linear predictor on 2x2 means, validation images) tells clusters "
        + "apart, against the share of the cost before it.</p>"
        + table(
          "Splits", ["tensor", "shape", "cost before", "clusters", "route accuracy"], rows))
  }

  /// Classes up to which the confusion matrix is a table.
  private static let mostInTable = 24

  var classSection: String {
    let results = confusions.results
    let rows = results.map { result in
      [
        name(result.label), "\(result.images)",
        "<span class=\"bar\" style=\"--v:\(ResultText.decimals(result.accuracy.value, 3))\">"
          + "\(result.accuracy.percent)</span>",
        result.mistake.map { "\(name($0.answer)) (\($0.count))" } ?? "",
      ]
    }
    let head = ["class", "images", "accuracy", "taken for, most often"]
    let few = Array(rows.prefix(10))
    var body = table(rows.count > 10 ? "The ten hardest classes" : "Classes", head, few)
    if rows.count > 10 {
      body +=
        "<details><summary>All \(rows.count) classes</summary>"
        + table("All classes", head, rows) + "</details>"
    }
    return section("Accuracy by class", body)
      + section("What is taken for what", confusionMatrix + confusionList)
  }

  private var confusionList: String {
    let rows = confusions.mistakes.prefix(20).map { mistake in
      let all = confusions.counts.filter { $0.key.label == mistake.pair.label }
        .values.reduce(0, +)
      return [
        name(mistake.pair.label), name(mistake.pair.answer), "\(mistake.count) of \(all)",
      ]
    }
    guard !rows.isEmpty else { return "<p>There was no mistake.</p>" }
    return "<details open=\"open\"><summary>The most frequent mistakes</summary>"
      + table("The most frequent mistakes", ["shows", "was named", "images"], Array(rows))
      + "</details>"
  }

  private var confusionMatrix: String {
    let present = Set(confusions.classes)
    let order = content.classOrder.filter(present.contains)
    return order.count <= Self.mostInTable ? matrixTable(order) : matrixPicture(order)
  }

  private func count(_ label: Int, _ answer: Int) -> Int {
    confusions.counts[Confusions.Pair(label: label, answer: answer)] ?? 0
  }

  private func matrixTable(_ order: [Int]) -> String {
    let head = order.map { "<th scope=\"col\" class=\"tall\"><span>\(name($0))</span></th>" }
    let rows = order.map { label -> String in
      let total = order.reduce(0) { $0 + count(label, $1) }
      let cells = order.map { answer -> String in
        let found = count(label, answer)
        let share = total == 0 ? 0 : Double(found) / Double(total)
        return "<td class=\"\(share > 0.55 ? "hot" : "")\" style=\"--v:"
          + "\(ResultText.decimals(share, 3))\">\(found == 0 ? "" : "\(found)")</td>"
      }
      return "<tr><th scope=\"row\">\(name(label))</th>\(cells.joined())</tr>"
    }
    return "<p>Rows: what the image shows. Columns: what it was named.</p>"
      + scrolling(
        "Confusion matrix",
        "<table class=\"matrix\"><thead><tr><td></td>\(head.joined())</tr></thead><tbody>\n"
          + rows.joined(separator: "\n") + "\n</tbody></table>")
  }

  /// One pixel a pair; small shares are made visible by a square root.
  private func matrixPicture(_ order: [Int]) -> String {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(order.count * order.count * 3)
    for label in order {
      let row = order.map { count(label, $0) }
      let total = max(row.reduce(0, +), 1)
      for found in row {
        let share = (Double(found) / Double(total)).squareRoot()
        for (from, to) in [(250.0, 20.0), (250, 70), (246, 140)] {
          pixels.append(UInt8((from + (to - from) * share).rounded()))
        }
      }
    }
    guard
      let address = PNG.address(
        pixels, width: order.count, height: order.count, channels: 3)
    else { return "" }
    return """
      <p>Rows: what the image shows, from the top. Columns: what it was named, from the left, in the \
      same order\(content.clusters.isEmpty ? "" : ", cluster by cluster"). The darker, the more often; \
      the diagonal is right.</p>
      <img class="matrix" src="\(address)" width="\(order.count)" height="\(order.count)" \
      alt="Confusion matrix of \(order.count) classes; the most frequent mistakes are in the table below"/>
      """
  }
}
