/// One line of a trade-off table: a configuration, an operating point, and what it gives on test
/// images that nothing else saw.
public struct TradeoffRow: Sendable {
  public var name: String
  public var clusters: Int
  /// Cost share that the layers were thinned to.
  public var thinnedTo: Double
  public var addsScores: Bool
  public var test: RoutedSummary
  /// Against the base network in 8 bits, on the same test images.
  public var loss: PairedLoss
  public var oracleAccuracy: Double
  public var fileBytes: Int
  public var arenaBytes: Int
}

/// Accuracy against cost over several configurations of one network, all with one split and seed.
public struct TradeoffStudy {
  /// A configuration to compile.
  public struct Configuration: Sendable {
    public var name: String
    /// Nil for those of the plan.
    public var clusters: ClusterMap?
    public var share: Double
    public var thinsSharedLayers: Bool

    public init(
      name: String, clusters: ClusterMap?, share: Double, thinsSharedLayers: Bool = true
    ) {
      self.name = name
      self.clusters = clusters
      self.share = share
      self.thinsSharedLayers = thinsSharedLayers
    }
  }

  let compilation: Compilation
  let base: CompiledBase

  public init(_ compilation: Compilation, base: CompiledBase) {
    self.compilation = compilation
    self.base = base
  }

  /// The configurations of the published table: automatic clusters at several shares, superclasses
  /// where the data have them, and two yardsticks: one cluster of all classes thinned as far, and
  /// the network as it is with the predictor's scores added.
  public static func standard(for images: LabelledImages) -> [Configuration] {
    let everything = ClusterMap(
      names: ["all classes"], clusterOfClass: [Int](repeating: 0, count: images.classCount))
    var result = [0.7, 0.5, 0.4].map {
      Configuration(name: "clusters found", clusters: nil, share: $0)
    }
    if let coarse = images.coarse, let map = coarse.superclasses(of: images) {
      result.append(
        Configuration(
          name: "superclasses",
          clusters: ClusterMap(names: coarse.names, clusterOfClass: map), share: 0.5))
    }
    for share in [0.5, 0.4] {
      result.append(
        Configuration(name: "no clusters", clusters: everything, share: share))
    }
    result.append(
      Configuration(
        name: "base network with the predictor's scores", clusters: everything, share: 1,
        thinsSharedLayers: false))
    return result
  }

  /// Rows of one configuration: for each way of scoring (predictor's scores added, or not) the
  /// operating points chosen on validation images for a loss of at most 3 points and of 1.
  public func rows(
    of configuration: Configuration, plan: RoutePlan, curves: SensitivityCurves
  ) throws -> [TradeoffRow] {
    var plan = plan
    if let map = configuration.clusters { plan.chosen.clusters = map }
    var options = compilation.options
    options.thinsSharedLayers = configuration.thinsSharedLayers
    options.goal = .costShare(configuration.share)
    let variant = compilation.with(options)
    let keep = variant.allocation(curves, share: configuration.share)
    let model = try variant.routedModel(plan: plan, keep: keep, base: base)
    var rows: [TradeoffRow] = []
    for addsScores in [true, false] {
      var description = model.description
      if !addsScores { description.route!.scoreWeight = 0 }
      let (validation, test) = try variant.runs(of: description)
      let map = plan.chosen.clusters.clusterOfClass
      var seen: Set<Float> = []
      for loss in [3.0, 1.0] {
        let choice = validation.chooseThreshold(
          reaching: base.validation.wholeAccuracy - loss / 100, clusterOfClass: map
        ).choice
        guard seen.insert(choice.threshold).inserted else { continue }
        rows.append(
          TradeoffRow(
            name: configuration.name, clusters: plan.chosen.clusters.count,
            thinnedTo: configuration.share, addsScores: addsScores,
            test: test.routed(threshold: choice.threshold, clusterOfClass: map),
            loss: PairedLoss(
              from: base.test.wholeIsRight,
              to: test.isRight(threshold: choice.threshold, stopMargin: 0)),
            oracleAccuracy: test.oracleAccuracy, fileBytes: model.file.count,
            arenaBytes: description.arenaBytes))
      }
    }
    return rows
  }
}
