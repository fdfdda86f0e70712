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
  /// Share of the base network's weights and biases that an image of a cluster meets, mean over
  /// clusters.
  public var parameterShare: Double
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
///
/// With one cluster of all classes it is the scores as pruning criteria.
public struct ScoreStudy {
  /// What a row is about.
  public struct Configuration: Sendable {
    public var score: FilterScore
    public var compensation: Compensation
    /// Shares removed at the first and the last layer behind the split.
    public var first: Double
    public var last: Double

    public init(score: FilterScore, compensation: Compensation, first: Double, last: Double) {
      self.score = score
      self.compensation = compensation
      self.first = first
      self.last = last
    }

    /// Every score at every pair of shares, without and with re-fitting.
    public static func all(
      scores: [FilterScore], shares: [(first: Double, last: Double)]
    ) -> [Configuration] {
      shares.flatMap { share in
        [Compensation.none, .leastSquares].flatMap { compensation in
          scores.map {
            Configuration(
              score: $0, compensation: compensation, first: share.first, last: share.last)
          }
        }
      }
    }
  }

  let compilation: Compilation
  /// Where the network is split, and the classes of each cluster.
  let split: ValueID
  let clusters: ClusterMap
  /// Calibration images of a cluster.
  let imagesPerCluster: Int

  public init(
    _ compilation: Compilation, split: ValueID, clusters: ClusterMap, imagesPerCluster: Int = 1_500
  ) {
    self.compilation = compilation
    self.split = split
    self.clusters = clusters
    self.imagesPerCluster = imagesPerCluster
  }

  /// One cluster of all the network's classes.
  public static func everything(_ images: LabelledImages) -> ClusterMap {
    ClusterMap(
      names: ["all classes"], clusterOfClass: [Int](repeating: 0, count: images.classCount))
  }

  /// The base network with members' rows only: what every row is to be compared with.
  public func baseAccuracy() throws -> Double {
    let tail = try compilation.base.graph.split(at: split).tail
    let right = try (0..<clusters.count).reduce(0) { sum, cluster in
      let rows = clusters.members(cluster)
      return try sum + shown(compilation.split.test, cluster).correct(tail.selectingOutputs(rows))
    }
    return Double(right) / Double(max(compilation.split.test.count, 1))
  }

  /// A row for each configuration, over some seeds. What the images look like at the split is
  /// computed once a cluster and seed, and held for no longer.
  public func rows(
    _ configurations: [Configuration], seeds: [UInt64], progress: (Double) -> Void = { _ in }
  ) throws -> [ScoreRow] {
    var right = configurations.map { _ in seeds.map { _ in 0 } }
    var costs = configurations.map { _ in 0 }, parameters = costs
    let head = try compilation.base.graph.split(at: split).head
    let steps = Double(clusters.count * seeds.count * configurations.count)
    var done = 0.0
    for cluster in 0..<clusters.count {
      let test = try shown(compilation.split.test, cluster)
      for (s, seed) in seeds.enumerated() {
        let fit = try shown(compilation.split.fit, cluster, sampledBy: seed)
        for (c, configuration) in configurations.enumerated() {
          let graph = try subgraph(configuration, from: fit, cluster: cluster, seed: seed)
          right[c][s] += try test.correct(graph)
          costs[c] += graph.multiplyAccumulates
          parameters[c] += graph.parameterCount
          done += 1
          progress(done / steps)
        }
      }
    }
    let graphs = Double(clusters.count * seeds.count)
    let images = compilation.split.test.count
    return configurations.enumerated().map { c, configuration in
      ScoreRow(
        score: configuration.score, compensation: configuration.compensation,
        firstShare: configuration.first, lastShare: configuration.last,
        costShare: (Double(head.multiplyAccumulates) + Double(costs[c]) / graphs)
          / Double(compilation.baseCost),
        parameterShare: (Double(head.parameterCount) + Double(parameters[c]) / graphs)
          / Double(compilation.base.graph.parameterCount),
        accuracies: right[c].map { Double($0) / Double(max(images, 1)) }, images: images)
    }
  }

  /// A cluster's subgraph from images of its own classes.
  private func subgraph(
    _ configuration: Configuration, from shown: ShownImages, cluster: Int, seed: UInt64
  ) throws -> Graph {
    let base = compilation.base
    let rows = clusters.members(cluster)
    var settings = compilation.options.extraction
    settings.score = configuration.score
    settings.compensation = configuration.compensation
    var extractor = Extractor(
      original: base.graph, start: ThinnedGraph(base.graph), classes: compilation.classes,
      calibration: ExtractionImages(
        source: split, original: shown.features, thinned: shown.features, labels: shown.labels,
        classes: rows.count, rows: rows), settings: settings,
      generator: SeededGenerator(seed: seed, purpose: "score study \(cluster)"))
    let keep = ShareAllocation.interpolated(
      groups: compilation.groups(after: split), classes: compilation.classes,
      first: configuration.first, last: configuration.last)
    let thinned = try extractor.extract(keep: keep)
    return try thinned.graph.split(at: split).tail.selectingOutputs(rows)
  }

  /// A cluster's own images of a part, all or as many as calibrate, at the split.
  private func shown(
    _ part: [Int], _ cluster: Int, sampledBy seed: UInt64? = nil
  ) throws -> ShownImages {
    let labels = compilation.images.labels
    var own = part.filter { clusters.clusterOfClass[labels[$0]] == cluster }
    if let seed {
      own = DataSplit.sample(
        min(imagesPerCluster, own.count), of: own, in: compilation.images, seed: seed)
    }
    let rows = clusters.members(cluster)
    let head = try compilation.base.graph.split(at: split).head
    return ShownImages(
      features: try compilation.base.values(split, by: head, of: own, in: compilation.images),
      labels: own.map { rows.firstIndex(of: labels[$0])! })
  }
}

/// Images of one cluster as they are at the split, with their classes numbered within it.
private struct ShownImages {
  var features: Tensor
  var labels: [Int]

  /// How many of them a subgraph names rightly.
  func correct(_ graph: Graph) throws -> Int {
    let logits = try FloatExecutor(graph).run(features)[graph.output]!
    let best = argmaxRows(logits.storage, columns: logits.shape.count)
    return zip(best, labels).filter { $0 == $1 }.count
  }
}

extension Graph {
  /// Weights and biases of all convolutions.
  fileprivate var parameterCount: Int {
    nodes.reduce(0) { sum, node in
      guard case .convolution(let conv) = node.operation else { return sum }
      return sum + conv.weights.count + conv.bias.count
    }
  }
}
