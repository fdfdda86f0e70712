import SINFGraph
import SINFModel
import SINFModelWriter

/// One set of parts on its way to a file.
struct Candidate {
  var parts: NetworkParts
  var clusters: [ClusterDescription]
  var inverseTemperature: Float
  var routedCalibration: [[Int]]
  var calibration: [Int]
  var scoreWeight: Float
}

extension Compilation {
  /// The whole compilation: base network, plan, and the cheapest routed model that keeps to the
  /// goal on validation images; measured on test images at the very end.
  public func run() throws -> (base: CompiledBase, model: CompiledModel) {
    let compiledBase = try compileBase()
    try checkPrecision(compiledBase)
    let plan = try plan()
    let place = plan.chosen
    reporter.note(
      "split at \(place.name) (\(percent(place.costShare)) of the cost before it), "
        + "\(place.clusters.count) clusters, route accuracy of a first look "
        + Estimate(place.routeAccuracy, of: split.validation.count).percent)
    if options.tuned != nil {
      let model = try routedModel(plan: plan, keep: [:], base: compiledBase)
      let candidates = candidates(of: model, thinnedTo: "tuned") + [whole(compiledBase)]
      return (
        compiledBase, try measured(model, base: compiledBase, candidates: candidates, "tuned")
      )
    }
    let curves = try sensitivity()
    var best: CompiledModel?, bestShare = ""
    var candidates = [whole(compiledBase)]
    for share in shares {
      let model = try routedModel(
        plan: plan, keep: allocation(curves, share: share), base: compiledBase)
      let cost = model.chosen!.meanMultiplyAccumulates / Double(baseCost)
      reporter.note(
        "layers thinned to \(percent(share)): with stops and fallbacks \(percent(cost)) of the cost, "
          + "accuracy \(Estimate(model.chosen!.accuracy, of: split.validation.count).percent) on validation images, "
          + "base \(compiledBase.validation.wholeEstimate.percent)")
      let words = "thinned to \(percent(share))"
      candidates += self.candidates(of: model, thinnedTo: words)
      if best.map({ model.isBetter(than: $0) }) ?? true { (best, bestShare) = (model, words) }
      if case .accuracyLoss = options.goal, !model.reachesGoal, best!.reachesGoal { break }
    }
    return (
      compiledBase,
      try measured(best!, base: compiledBase, candidates: candidates, bestShare)
    )
  }

  private func whole(_ base: CompiledBase) -> OperatingCandidate {
    base.validation.candidate(named: "the network itself in 8 bits, no clusters", base.times)
  }

  private func candidates(
    of model: CompiledModel, thinnedTo share: String
  ) -> [OperatingCandidate] {
    model.validation.candidates(
      of: model.chosen!, clusterOfClass: model.plan!.chosen.clusters.clusterOfClass, share: share,
      model.times)
  }

  /// Cost shares to try, from mild to bold.
  private var shares: [Double] {
    switch options.goal {
    case .costShare(let share): [share]
    case .accuracyLoss: [0.7, 0.55, 0.45, 0.35]
    }
  }

  /// A routed model thinned as `keep` says, its threshold chosen on validation images.
  public func routedModel(
    plan: RoutePlan, keep: KeepCounts, base compiledBase: CompiledBase
  ) throws -> CompiledModel {
    let candidate =
      try options.tuned.map { try tunedCandidate($0, plan: plan) }
      ?? candidate(plan: plan, keep: keep)
    reporter.begin("quantising")
    let quantized = try quantizer.quantize(
      candidate.parts,
      on: Calibration(
        images, indices: candidate.calibration, routed: candidate.routedCalibration),
      progress: { [reporter] done, all in reporter.advance(Double(done) / Double(all)) })
    var lowered = try lower(
      quantized, preprocessing: base.preprocessing, labels: images.classNames,
      clusters: candidate.clusters,
      route: RouteDescription(
        threshold: options.threshold ?? 0,
        inverseTemperature: candidate.inverseTemperature,
        scoreWeight: candidate.scoreWeight), metadata: metadata)
    if !options.hasFallback { lowered.description.programs.removeAll { $0.kind == .whole } }

    reporter.begin("running validation images")
    let run = try ModelRun.run(
      try ModelWriter.bytes(for: lowered.description), images: images, indices: split.validation,
      oracle: false, progress: { [reporter] in reporter.advance($0) })
    let map = plan.chosen.clusters.clusterOfClass
    let choice = run.chooseOperatingPoint(
      within: LossBound(
        baseIsRight: compiledBase.validation.wholeIsRight, allowed: allowedLoss),
      clusterOfClass: map, stops: options.hasStops, threshold: options.threshold)
    lowered.description.route!.threshold = choice.choice.threshold
    lowered.description.route!.stopMargin = choice.choice.stopMargin
    let file = try ModelWriter.bytes(for: lowered.description)
    return CompiledModel(
      file: file, description: lowered.description,
      plan: plan, keptFilters: keptFilters(keep), layerErrors: quantized.errors,
      sweep: run.thresholdSweep(clusterOfClass: map),
      chosen: choice.choice,
      reachesGoal: choice.reached, validation: run,
      baseValidationAccuracy: compiledBase.validation.wholeAccuracy,
      times: try PathTimes.measure(file, images: images, indices: split.validation))
  }

  /// Points of accuracy (as a share) that the goal lets go.
  public var allowedLoss: Double {
    switch options.goal {
    case .accuracyLoss(let points): points / 100
    // With the cost given, stops and fallbacks are chosen for a loss of at most three points.
    case .costShare: 0.03
    }
  }

  /// The float parts: shared layers, predictor, subgraphs, whole rest.
  private func candidate(plan: RoutePlan, keep: KeepCounts) throws -> Candidate {
    let clusters = plan.chosen.clusters
    let shared = try extractShared(at: plan.chosen.value, keep: keep)
    let route = try fitRoute(shared)
    let routes = clusters.routes(
      ofClassScores: route.outOfFold, inverseTemperature: route.inverseTemperature)
    let rows = rows(of: clusters, images: route.images, routes: routes)
    var subgraphs: [Graph] = []
    for cluster in 0..<clusters.count {
      reporter.begin("extracting subgraph \(cluster + 1) of \(clusters.count)")
      let sent = zip(route.images, routes).filter { $1 == cluster }.map(\.0)
      guard !sent.isEmpty else {
        throw LoweringError("no image is routed to cluster '\(clusters.names[cluster])'")
      }
      let chosen = DataSplit.sample(
        min(options.subgraphImages, sent.count), of: sent, in: images, seed: options.seed)
      subgraphs.append(
        try extractSubgraph(
          shared, cluster: cluster, rows: rows[cluster], images: chosen, keep: keep))
    }
    let (head, tail) = try shared.thinned.graph.split(at: shared.split)
    let routeGraph = route.predictor.graph(reading: head[head.output].shape)
    let weight =
      try options.scoreWeight
      ?? chooseScoreWeight(
        tail: tail, head: head, route: routeGraph, inverse: route.inverseTemperature)
    // Calibration images with the routes of predictors that had not seen them.
    let routeOf = Dictionary(uniqueKeysWithValues: zip(route.images, routes))
    let calibration = DataSplit.sample(
      options.calibrationImages, of: route.images, in: images, seed: options.seed)
    var routed = [[Int]](repeating: [], count: clusters.count)
    for (position, image) in calibration.enumerated() { routed[routeOf[image]!].append(position) }
    return Candidate(
      parts: NetworkParts(
        features: head, route: routeGraph, subgraphs: subgraphs, whole: tail),
      clusters: clusters.names.indices.map {
        ClusterDescription(
          name: clusters.names[$0], members: clusters.members($0), rows: rows[$0])
      }, inverseTemperature: route.inverseTemperature, routedCalibration: routed,
      calibration: calibration, scoreWeight: weight)
  }

  /// The weight of the predictor's class scores in the final ones that is best on validation images
  /// for the whole network; of equals the smallest.
  func chooseScoreWeight(tail: Graph, head: Graph, route: Graph, inverse: Float) throws -> Float {
    reporter.begin("weighing the predictor's scores")
    let features = try base.values(
      head.output, by: head, of: split.validation, in: images, progress: reporter.advance)
    let early = try FloatExecutor(route).run(features)[route.output]!.storage
    let late = try FloatExecutor(tail).run(features)[tail.output]!.storage
    var best: (weight: Float, right: Int) = (0, -1)
    for weight in [0, 0.125, 0.25, 0.375, 0.5, 0.75, 1, 1.5, 2] as [Float] {
      let scores = zip(late, early).map { $0 + weight * inverse * $1 }
      let right = zip(argmaxRows(scores, columns: images.classCount), split.validation)
        .filter { $0 == images.labels[$1] }.count
      if right > best.right { best = (weight, right) }
    }
    return best.weight * inverse
  }

  /// The model with its test figures, also in its metadata.
  private func measured(
    _ model: CompiledModel, base: CompiledBase, candidates: [OperatingCandidate], _ share: String
  ) throws -> CompiledModel {
    reporter.begin("running test images")
    var result = model
    result.candidates = candidates
    let own = candidates.lastIndex { $0.kind == .best && $0.name.hasPrefix(share) }
    if let own { result.candidates[own].isChosen = true }
    let run = try ModelRun.run(model.file, images: images, indices: split.test) {
      [reporter] in reporter.advance($0)
    }
    let summary = run.routed(
      threshold: model.chosen!.threshold, stopMargin: model.chosen!.stopMargin,
      clusterOfClass: model.plan!.chosen.clusters.clusterOfClass)
    result.test = run
    result.description.metadata.baseFloatAccuracy = Float(base.floatTestAccuracy)
    result.description.metadata.baseAccuracy = Float(base.test.wholeAccuracy)
    result.description.metadata.routedAccuracy = Float(summary.accuracy)
    result.description.metadata.routeAccuracy = Float(summary.routeAccuracy)
    result.description.metadata.fallbackShare = Float(summary.fallbackShare)
    result.description.metadata.testImages = UInt32(run.count)
    result.description.metadata.routedMultiplyAccumulates = UInt64(
      summary.meanMultiplyAccumulates.rounded())
    try choosePrecision(&result)
    result.file = try ModelWriter.bytes(for: result.description)
    return result
  }
}

/// A share as per cent with one digit.
func percent(_ share: Double) -> String {
  let tenths = Int((share * 1000).rounded())
  return "\(tenths / 10).\(abs(tenths % 10)) %"
}
