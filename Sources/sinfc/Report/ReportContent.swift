import SINFCompiler
import SINFModel
import SINFModelWriter

/// Everything that a report shows, whatever it is about.
struct ReportContent {
  /// A row of the first table.
  struct Row {
    var name: String
    var accuracy: Estimate
    var multiplyAccumulates: Double?
    var milliseconds: Double?
  }

  /// A cluster's row.
  struct ClusterRow {
    var name: String
    var images: Int
    /// How often the route leads here where it should, and accuracies.
    var route: Estimate
    var routed: Estimate
    var oracle: Estimate
    var multiplyAccumulates: Int
    var members: [String]
  }

  var title: String
  /// What it costs and loses, in sentences.
  var headline: String
  var rows: [Row]
  /// Points of the charts, and what they are measured on.
  var candidates: [OperatingCandidate]
  var candidatesNote: String
  /// Multiply-accumulates that are 100 %, and whose they are.
  var whole: (cost: Double, name: String)
  var precision: String?
  var clusters: [ClusterRow] = []
  var plan: RoutePlan?
  /// Images that a first look at splits was scored on.
  var planImages = 0
  var keptFilters: [KeptFilters] = []
  var layerErrors: [LayerError] = []

  /// What was answered, and which images were asked about.
  var answers: [Answer]
  var indices: [Int]
  var images: LabelledImages
  /// Classes in the order of a confusion matrix: clusters stay together.
  var classOrder: [Int]

  var description: ModelDescription
  var fileBytes: Int
  /// How the images were divided.
  var origin: String
  var commands: [String]
}

extension ReportContent {
  /// A plain model.
  init(_ base: CompiledBase, compilation: Compilation, command: String, output: String) {
    let test = base.test
    let change = PairedLoss(from: base.floatIsRight, to: test.wholeIsRight)
    self.init(
      title: compilation.base.name,
      headline: "In 8 bits the network names \(test.wholeEstimate.percent) of \(test.count) test "
        + "images right, \(Self.points(change)) points against float32, in "
        + "\(Self.milliseconds(base.times.whole)) an image on one core of this machine and "
        + "\(Self.kilobytes(base.description.arenaBytes)) of working memory.",
      rows: [
        Row(
          name: "float32", accuracy: base.floatTestEstimate,
          multiplyAccumulates: Double(test.cost.whole)),
        Row(
          name: "8 bits", accuracy: test.wholeEstimate,
          multiplyAccumulates: Double(test.cost.whole), milliseconds: base.times.whole),
      ],
      candidates: [], candidatesNote: "",
      whole: (Double(test.cost.whole), "the network"),
      precision: base.precision.map(PrecisionText.lines), layerErrors: base.layerErrors,
      answers: test.answers(), indices: compilation.split.test, images: compilation.images,
      classOrder: Array(compilation.images.classNames.indices), description: base.description,
      fileBytes: base.file.count, origin: Self.origin(compilation),
      commands: Self.commands(command, output))
  }

  /// A routed model that was measured on test images.
  init(
    _ model: CompiledModel, base: CompiledBase, compilation: Compilation, command: String,
    output: String
  ) {
    let test = model.test!, plan = model.plan!, chosen = model.chosen!
    let map = plan.chosen.clusters.clusterOfClass
    let summary = test.routed(
      threshold: chosen.threshold, stopMargin: chosen.stopMargin, clusterOfClass: map)
    let milliseconds = test.meanMilliseconds(
      model.times, threshold: chosen.threshold, stopMargin: chosen.stopMargin)
    let goal = GoalText.Loss(model: model, base: base, allowed: compilation.allowedLoss)
    let whole = Double(base.test.cost.whole)
    var rows = [
      Row(name: "base float32", accuracy: base.floatTestEstimate, multiplyAccumulates: whole),
      Row(
        name: "base in 8 bits", accuracy: base.test.wholeEstimate, multiplyAccumulates: whole,
        milliseconds: base.times.whole),
      Row(
        name: "this model, routed", accuracy: summary.accuracyEstimate,
        multiplyAccumulates: summary.meanMultiplyAccumulates, milliseconds: milliseconds),
      Row(name: "the right route known", accuracy: test.oracleEstimate),
    ]
    if !test.wholeClass.isEmpty {
      rows.append(
        Row(
          name: "no clusters, its fallback alone", accuracy: test.wholeEstimate,
          multiplyAccumulates: Double(test.cost.whole), milliseconds: model.times.whole))
    }
    self.init(
      title: compilation.base.name,
      headline: "An image costs \(ResultText.percent(summary.meanMultiplyAccumulates / whole)) of "
        + "the base network's multiply-accumulates on average, \(Self.milliseconds(milliseconds)) "
        + "instead of \(Self.milliseconds(base.times.whole)) on one core of this machine, for "
        + "\(goal.change) points of accuracy: \(summary.accuracyEstimate.percent) instead of "
        + "\(base.test.wholeEstimate.percent) on \(test.count) test images. The goal was \(goal.text).",
      rows: rows, candidates: model.candidates,
      candidatesNote:
        "On the \(compilation.split.validation.count) validation images, which chose; "
        + "the bars are one standard error. The figures above are of test images.",
      whole: (whole, "the base network"),
      precision: model.precision.map(PrecisionText.lines),
      clusters: Self.clusters(
        test, threshold: chosen.threshold, stopMargin: chosen.stopMargin,
        names: plan.chosen.clusters.names, map, compilation.images),
      plan: plan, planImages: compilation.split.validation.count,
      keptFilters: model.keptFilters, layerErrors: model.layerErrors,
      answers: test.answers(threshold: chosen.threshold, stopMargin: chosen.stopMargin),
      indices: compilation.split.test, images: compilation.images,
      classOrder: Self.order(map), description: model.description, fileBytes: model.file.count,
      origin: Self.origin(compilation), commands: Self.commands(command, output))
  }

  /// A model file on some images.
  init(
    _ evaluation: EvaluationText, bytes: [UInt8], description: ModelDescription,
    times: PathTimes, images: LabelledImages, indices: [Int], command: String, part: String
  ) {
    let (run, facts) = (evaluation.run, evaluation.facts)
    let isRouted = !facts.clusterNames.isEmpty
    let threshold = evaluation.threshold, stopMargin = facts.stopMargin
    var rows =
      evaluation.float.map {
        [Row(name: "float32", accuracy: $0)]
      } ?? []
    if !run.wholeClass.isEmpty {
      rows.append(
        Row(
          name: isRouted ? "the whole network, no clusters" : "8 bits", accuracy: run.wholeEstimate,
          multiplyAccumulates: Double(run.cost.whole), milliseconds: times.whole))
    }
    let base = Double(description.metadata.baseMultiplyAccumulates)
    let whole = base > 0 ? base : Double(max(run.cost.whole, 1))
    var headline =
      "The model names \(run.wholeEstimate.percent) of \(run.count) images right, in "
      + "\(Self.milliseconds(times.whole)) an image on one core of this machine."
    var candidates: [OperatingCandidate] = []
    if isRouted {
      let summary = run.routed(
        threshold: threshold, stopMargin: stopMargin, clusterOfClass: facts.clusterOfClass)
      let mean = run.meanMilliseconds(times, threshold: threshold, stopMargin: stopMargin)
      rows.append(
        Row(
          name: "routed", accuracy: summary.accuracyEstimate,
          multiplyAccumulates: summary.meanMultiplyAccumulates, milliseconds: mean))
      rows.append(Row(name: "the right route known", accuracy: run.oracleEstimate))
      candidates = run.candidates(
        of: summary, clusterOfClass: facts.clusterOfClass, share: "this model", times)
      candidates[candidates.count - 1].isChosen = true
      headline =
        "Routed, the model names \(summary.accuracyEstimate.percent) of \(run.count) images right at "
        + "\(ResultText.percent(summary.meanMultiplyAccumulates / whole)) of the base network's "
        + "multiply-accumulates on average, in \(Self.milliseconds(mean)) an image on one core of "
        + "this machine."
    }
    self.init(
      title: description.metadata.networkName, headline: headline, rows: rows,
      candidates: candidates,
      candidatesNote:
        "On the images of this page; the bars are one standard error. Thresholds that "
        + "do better here were chosen by nobody.",
      whole: (whole, "the base network"), precision: evaluation.precisionText,
      clusters: Self.clusters(
        run, threshold: threshold, stopMargin: stopMargin, names: facts.clusterNames,
        facts.clusterOfClass, images),
      answers: run.answers(threshold: threshold, stopMargin: stopMargin), indices: indices,
      images: images,
      classOrder: isRouted ? Self.order(facts.clusterOfClass) : Array(facts.labels.indices),
      description: description, fileBytes: bytes.count,
      origin: ["Part of the data: \(part).", evaluation.memorisedText].compactMap { $0 }
        .joined(separator: " "), commands: ["sinfc \(command)"])
  }

  private static func clusters(
    _ run: ModelRun, threshold: Float, stopMargin: Float, names: [String], _ map: [Int],
    _ images: LabelledImages
  ) -> [ClusterRow] {
    if names.isEmpty { return [] }
    let isRight = run.isRight(threshold: threshold, stopMargin: stopMargin)
    return names.enumerated().map { cluster, name in
      let own = run.labels.indices.filter { map[run.labels[$0]] == cluster }
      func share(_ isSo: (Int) -> Bool) -> Estimate {
        Estimate(right: own.count(where: isSo), of: own.count)
      }
      return ClusterRow(
        name: name, images: own.count, route: share { run.cluster[$0] == cluster },
        routed: share { isRight[$0] }, oracle: share { run.oracleClass[$0] == run.labels[$0] },
        multiplyAccumulates: run.cost.subgraph[cluster],
        members: map.indices.filter { map[$0] == cluster }.map { images.classNames[$0] })
    }
  }

  /// Classes cluster by cluster.
  private static func order(_ clusterOfClass: [Int]) -> [Int] {
    clusterOfClass.indices.sorted { (clusterOfClass[$0], $0) < (clusterOfClass[$1], $1) }
  }

  private static func origin(_ compilation: Compilation) -> String {
    let split = compilation.split
    return "\(split.fit.count) images fit, \(split.validation.count) chose, \(split.test.count) "
      + "report (\(split.origin)); seed \(compilation.options.seed). Every accuracy is of the 8-bit "
      + "network run by the shipped runtime on images that no step of the compilation saw, unless it "
      + "says otherwise; behind ± is one standard error."
  }

  private static func commands(_ command: String, _ output: String) -> [String] {
    [
      "sinfc \(command)", "sinf classify --model \(output) PICTURE",
      "sinf bench --model \(output) --layers", "sinf inspect \(output)",
    ]
  }

  /// "-2.81 ± 0.66".
  private static func points(_ loss: PairedLoss) -> String {
    ResultText.signed(0 - 100 * loss.mean, 100 * loss.standardError)
  }

  static func milliseconds(_ time: Double) -> String {
    ResultText.decimals(time, time < 1 ? 3 : time < 100 ? 2 : 0) + " ms"
  }

  static func kilobytes(_ bytes: Int) -> String { "\((bytes + 1023) / 1024) KB" }
}
