import SINFGraph
import SINFModel
import SINFModelWriter

/// A network, its images and what is wanted, on the way to a model file.
///
/// The steps, each of which another file holds: plan clusters and split; thin the layers before
/// the split for all clusters together; fit the route predictor on the thinned features; extract one
/// subgraph a cluster; quantise and lay out; choose the threshold on validation images. No step
/// sees a test image.
public struct Compilation {
  public let base: BaseNetwork
  public let images: LabelledImages
  public let split: DataSplit
  /// Pictures that calibrate a plain model in place of the fit part.
  let unlabelled: LabelledImages?
  public private(set) var options: CompileOptions
  /// What the model file says about its origin: the compiler's version and a SHA-256 over
  /// everything that went in.
  let compilerVersion: String
  let inputDigest: [UInt8]
  let reporter: Reporter
  let classes: ChannelClasses

  public init(
    base: BaseNetwork, images: LabelledImages, split: DataSplit, options: CompileOptions,
    unlabelled: LabelledImages? = nil, compilerVersion: String, inputDigest: [UInt8],
    reporter: Reporter = SilentReporter()
  ) throws {
    try base.checkTakes(images)
    self.base = base
    self.images = images
    self.split = split
    self.unlabelled = unlabelled
    self.options = options
    self.compilerVersion = compilerVersion
    self.inputDigest = inputDigest
    self.reporter = reporter
    classes = ChannelClasses(base.graph)
  }

  /// Multiply-accumulates of the base network for one image.
  var baseCost: Int { base.graph.multiplyAccumulates }

  /// A seeded generator for one purpose.
  func generator(_ purpose: String) -> SeededGenerator {
    SeededGenerator(seed: options.seed, purpose: purpose)
  }

  /// At most `count` images of the fit part, every class alike.
  func fitSample(_ count: Int) -> [Int] {
    DataSplit.sample(min(count, split.fit.count), of: split.fit, in: images, seed: options.seed)
  }

  /// How sensitive each group of channels is, measured on the whole base network.
  public func sensitivity() throws -> SensitivityCurves {
    reporter.begin("measuring how much each layer can spare")
    let sample = fitSample(options.sharedImages / 2)
    let input = base.tensor(of: sample, in: images)
    var extractor = Extractor(
      original: base.graph, start: ThinnedGraph(base.graph), classes: classes,
      calibration: ExtractionImages(
        source: base.graph.input, original: input, thinned: input,
        labels: sample.map { images.labels[$0] }, classes: images.classCount),
      settings: options.extraction, generator: generator("sensitivity"))
    return try extractor.sensitivity(
      of: Array(classes.groups.indices), progress: reporter.advance)
  }

  /// Which channels stay everywhere so that an image on its cluster's path costs `share` of the base
  /// network.
  public func allocation(_ curves: SensitivityCurves, share: Double) -> KeepCounts {
    let nodes = Array(base.graph.nodes.indices)
    return ShareAllocation.greedy(
      groups: Array(classes.groups.indices), classes: classes, curves: curves,
      target: Int(Double(baseCost) * share)
    ) { classes.multiplyAccumulates(of: nodes, in: base.graph, keeping: $0) }
  }

  /// Clusters and split.
  public func plan() throws -> RoutePlan {
    reporter.begin("looking for clusters and a place to split")
    let planner = RoutePlanner(
      base: base, images: images, fit: fitSample(options.routeImages / 2),
      validation: split.validation, seed: options.seed)
    return try planner.plan(
      clusters: options.clusters, splitName: options.splitName,
      routeAccuracy: options.routeAccuracy, reporter: reporter)
  }

  /// The same network and images with other options.
  func with(_ options: CompileOptions) -> Compilation {
    var result = self
    result.options = options
    return result
  }

  /// Groups that are thinned behind a split, in order: those of convolutions there that do not feed
  /// the split.
  func groups(after split: ValueID) -> [Int] {
    let source = Set(classes.classOf[split.index])
    let behind = Set(base.graph.nodes(after: split).map { base.graph.nodes[$0].output })
    return classes.groups.indices.filter { g in
      classes.groups[g].allSatisfy { c in
        !source.contains(c) && classes.members[c].contains { behind.contains($0.value) }
      }
    }
  }

  /// Validation and test images through a description's file.
  func runs(of description: ModelDescription) throws -> (validation: ModelRun, test: ModelRun) {
    let file = try ModelWriter.bytes(for: description)
    reporter.begin("running validation and test images")
    let reporter = reporter
    let validation = try ModelRun.run(
      file, images: images, indices: split.validation, oracle: false
    ) { reporter.advance($0 / 2) }
    let test = try ModelRun.run(file, images: images, indices: split.test) {
      reporter.advance(0.5 + $0 / 2)
    }
    return (validation, test)
  }
}
