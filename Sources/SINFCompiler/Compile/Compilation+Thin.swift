import SINFGraph

/// A network with fewer channels, and where it would be split: what tuning begins with.
public struct ThinNetwork: Sendable {
  public var graph: Graph
  public var split: ValueID
  /// Share of the base network's multiply-accumulates.
  public var costShare: Double
}

extension Compilation {
  /// The whole network thinned, to a share of the multiply-accumulates before the split and another
  /// of those behind it, and re-fitted by least squares, all classes together. What lies before the
  /// split runs for every image, what lies behind it for those that need it: it may be thicker.
  public func thinned(head headShare: Double, tail tailShare: Double) throws -> ThinNetwork {
    let place = try plan().chosen
    let curves = try sensitivity()
    let behind = base.graph.nodes(after: place.value)
    let before = base.graph.nodes.indices.filter { !behind.contains($0) }
    let late = groups(after: place.value)
    let early = classes.groups.indices.filter { !late.contains($0) }
    func cost(_ nodes: [Int], _ keep: KeepCounts) -> Int {
      classes.multiplyAccumulates(of: nodes, in: base.graph, keeping: keep)
    }
    var keep = ShareAllocation.greedy(
      groups: early, classes: classes, curves: curves,
      target: Int(Double(cost(before, [:])) * headShare)
    ) { cost(before, $0) }
    let tailTarget = Int(Double(cost(Array(behind), [:])) * tailShare)
    keep = ShareAllocation.greedy(
      groups: late, classes: classes, curves: curves, start: keep, target: tailTarget
    ) { cost(Array(behind), $0) }
    let sample = fitSample(options.sharedImages)
    let input = base.tensor(of: sample, in: images)
    var settings = options.extraction
    if settings.score.needsCluster { settings.score = .reconstruction }
    reporter.begin("thinning all layers")
    var extractor = Extractor(
      original: base.graph, start: ThinnedGraph(base.graph), classes: classes,
      calibration: ExtractionImages(
        source: base.graph.input, original: input, thinned: input,
        labels: sample.map { images.labels[$0] }, classes: images.classCount),
      settings: settings, generator: generator("thin network"))
    let graph = try extractor.extract(keep: keep, progress: reporter.advance).graph
    return ThinNetwork(
      graph: graph, split: place.value,
      costShare: Double(graph.multiplyAccumulates) / Double(baseCost))
  }
}
