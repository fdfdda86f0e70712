import SINFGraph

/// How good a choice of filters is: accuracy within clusters with an oracle route.
public struct ScoreRow: Sendable {
  public var score: FilterScore
  public var compensation: Compensation
  /// Shares removed at the first and the last layer behind the split.
  public var firstShare: Double
  public var lastShare: Double
  /// Share of the base network's multiply-accumulates that is left, mean over clusters.
  public var costShare: Double
  /// One accuracy a seed: test images by the subgraph of their own cluster, members' rows only.
  public var accuracies: [Double]
  /// Images behind each accuracy.
  public var images: Int

  public var mean: Double { accuracies.reduce(0, +) / Double(max(accuracies.count, 1)) }

  /// Standard error of the mean accuracy: the images' binomial spread, which seeds share, and the
  /// spread over seeds.
  public var standardError: Double {
    let n = Double(accuracies.count)
    let binomial = mean * (1 - mean) / Double(max(images, 1))
    guard n > 1 else { return binomial.squareRoot() }
    let variance = accuracies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    return (binomial + variance / n).squareRoot()
  }
}

/// DCS against other scores at equal shares. Float network, oracle route, layers before the split
/// as they are, the same filter counts for every score: what differs is the choice alone.
public struct ScoreStudy {
  let compilation: Compilation
  let plan: RoutePlan
  /// Calibration images of a cluster.
  let imagesPerCluster: Int

  public init(_ compilation: Compilation, plan: RoutePlan, imagesPerCluster: Int = 1_500) {
    self.compilation = compilation
    self.plan = plan
    self.imagesPerCluster = imagesPerCluster
  }

  /// The base network with members' rows only: what every row is to be compared with.
  public func baseAccuracy() throws -> Double {
    let tail = try compilation.base.graph.split(at: plan.chosen.value).tail
    var right = 0
    for cluster in 0..<plan.chosen.clusters.count {
      let rows = plan.chosen.clusters.members(cluster)
      right += try correct(tail.selectingOutputs(rows), cluster: cluster)
    }
    return Double(right) / Double(max(compilation.split.test.count, 1))
  }

  /// One configuration over some seeds.
  public func row(
    score: FilterScore, compensation: Compensation, first: Double, last: Double, seeds: [UInt64]
  ) throws -> ScoreRow {
    var accuracies: [Double] = []
    var cost = 0
    for seed in seeds {
      var right = 0
      cost = 0
      for cluster in 0..<plan.chosen.clusters.count {
        let graph = try subgraph(
          cluster, score: score, compensation: compensation, first: first, last: last, seed: seed)
        right += try correct(graph, cluster: cluster)
        cost += graph.multiplyAccumulates
      }
      accuracies.append(Double(right) / Double(max(compilation.split.test.count, 1)))
    }
    let head = try compilation.base.graph.split(at: plan.chosen.value).head
    let mean =
      Double(head.multiplyAccumulates) + Double(cost) / Double(plan.chosen.clusters.count)
    return ScoreRow(
      score: score, compensation: compensation, firstShare: first, lastShare: last,
      costShare: mean / Double(compilation.baseCost), accuracies: accuracies,
      images: compilation.split.test.count)
  }

  /// A cluster's subgraph from images of its own classes.
  private func subgraph(
    _ cluster: Int, score: FilterScore, compensation: Compensation, first: Double, last: Double,
    seed: UInt64
  ) throws -> Graph {
    let base = compilation.base
    let rows = plan.chosen.clusters.members(cluster)
    let own = compilation.split.fit.filter {
      plan.chosen.clusters.clusterOfClass[compilation.images.labels[$0]] == cluster
    }
    let chosen = DataSplit.sample(
      min(imagesPerCluster, own.count), of: own, in: compilation.images, seed: seed)
    let head = try base.graph.split(at: plan.chosen.value).head
    let features = try base.values(
      plan.chosen.value, by: head, of: chosen, in: compilation.images)
    var settings = compilation.options.extraction
    settings.score = score
    settings.compensation = compensation
    var extractor = Extractor(
      original: base.graph, start: ThinnedGraph(base.graph), classes: compilation.classes,
      calibration: ExtractionImages(
        source: plan.chosen.value, original: features, thinned: features,
        labels: chosen.map { rows.firstIndex(of: compilation.images.labels[$0])! },
        classes: rows.count), settings: settings,
      generator: SeededGenerator(seed: seed, purpose: "score study \(cluster)"))
    let keep = ShareAllocation.interpolated(
      groups: compilation.groups(after: plan.chosen.value), classes: compilation.classes,
      first: first, last: last)
    let thinned = try extractor.extract(keep: keep)
    return try thinned.graph.split(at: plan.chosen.value).tail.selectingOutputs(rows)
  }

  /// Test images of the cluster that its subgraph names rightly.
  private func correct(_ graph: Graph, cluster: Int) throws -> Int {
    let base = compilation.base
    let rows = plan.chosen.clusters.members(cluster)
    let own = compilation.split.test.filter {
      plan.chosen.clusters.clusterOfClass[compilation.images.labels[$0]] == cluster
    }
    let head = try base.graph.split(at: plan.chosen.value).head
    let features = try base.values(plan.chosen.value, by: head, of: own, in: compilation.images)
    let logits = try FloatExecutor(graph).run(features)[graph.output]!
    return zip(argmaxRows(logits.storage, columns: rows.count), own).filter {
      rows[$0] == compilation.images.labels[$1]
    }.count
  }
}
