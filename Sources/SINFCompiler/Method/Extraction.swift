import SINFGraph

/// How a subgraph is extracted.
public struct ExtractionSettings: Sendable {
  public var score: FilterScore = .reconstruction
  public var compensation: Compensation = .leastSquares
  /// Pull of re-fitted weights towards the original ones, as a share of the inputs' variance.
  public var ridge = 0.001
  /// Rows (pixels of images) per unknown of a least-squares fit, as far as the images reach.
  public var rowsPerTap = 8
  /// Side of the pooled maps that DCS looks at.
  public var pooledSide = 2
  /// Passes over the images when DCS' classifier is fitted.
  public var classifierEpochs = 8

  public init() {}
}

/// Images from which a subgraph is scored and re-fitted.
public struct ExtractionImages: Sendable {
  /// Where extraction starts: the graph's input, or the features at the split.
  public var source: ValueID
  /// What the original network has at `source`, and what the thinned one has there.
  public var original: Tensor
  public var thinned: Tensor
  /// Class of each image, renumbered to 0..<classes; images that DCS should not look at have -1.
  public var labels: [Int]
  public var classes: Int
  /// Output of the network that stands for each of the classes.
  public var rows: [Int]

  public init(
    source: ValueID, original: Tensor, thinned: Tensor, labels: [Int], classes: Int,
    rows: [Int]? = nil
  ) {
    precondition(original.count == thinned.count && original.count == labels.count)
    self.source = source
    self.original = original
    self.thinned = thinned
    self.labels = labels
    self.classes = classes
    self.rows = rows ?? Array(0..<classes)
  }
}

/// Leaves filters out of a network and re-fits what remains, layer by layer from a source value to
/// the output.
///
/// At every convolution, in order: if channels of its input are still undecided, the lowest-scored
/// classes of their dependency group go; then its weights are re-fitted so that, reading the thinned
/// network's own activations, it gives what the original layer gave on the same images. Errors of
/// earlier layers are thereby corrected by later ones.
public struct Extractor {
  let original: Graph
  /// The original with values before activations, which are what re-fitted layers aim at.
  let targets: Graph
  let beforeActivation: [ValueID: ValueID]
  let classes: ChannelClasses
  let settings: ExtractionSettings
  let calibration: ExtractionImages
  var generator: SeededGenerator

  var current: ThinnedGraph
  /// Values that later nodes read, in the original and in the thinned network.
  var originalState: [ValueID: Tensor]
  var thinnedState: [ValueID: Tensor]
  var decided: Set<Int> = []
  /// Normal equations of the current node from choosing what goes, with the positions of its input
  /// that stayed since: they serve the re-fit as well.
  var gathered: (equations: NormalEquations, positions: [Int])?
  /// Whether the thinned network can differ from the original at the current node.
  var differs: Bool

  /// - Parameters:
  ///   - original: The network whose outputs are wanted.
  ///   - start: The network to thin further: the original, or one thinned before the source.
  public init(
    original: Graph, start: ThinnedGraph, classes: ChannelClasses, calibration: ExtractionImages,
    settings: ExtractionSettings, generator: SeededGenerator
  ) {
    self.original = original
    (targets, beforeActivation) = original.separatingActivations()
    self.classes = classes
    self.settings = settings
    self.calibration = calibration
    self.generator = generator
    current = start
    originalState = [calibration.source: calibration.original]
    thinnedState = [calibration.source: calibration.thinned]
    differs =
      calibration.original.shape != calibration.thinned.shape
      || calibration.original.storage != calibration.thinned.storage
  }

  /// The thinned network. `keep[g]` is how many classes of group g (of `classes.groups`) stay;
  /// a group that is missing, or whose channels feed the source, stays whole.
  public mutating func extract(
    keep: [Int: Int], progress: (Double) -> Void = { _ in }
  ) throws -> ThinnedGraph {
    let groupOfClass = Dictionary(
      uniqueKeysWithValues: classes.groups.enumerated().flatMap { g, members in
        members.map { ($0, g) }
      })
    for c in classes.classOf[calibration.source.index] {
      if let g = groupOfClass[c] { decided.insert(g) }
    }
    let nodes = original.convolutions(after: calibration.source)
    for (position, n) in nodes.enumerated() {
      try advance(to: n)
      let input = original.nodes[n].inputs[0]
      var undecided: [Int] = []
      for c in classes.classOf[input.index] {
        if let g = groupOfClass[c], !decided.contains(g), !undecided.contains(g) {
          undecided.append(g)
        }
      }
      for g in undecided {
        decided.insert(g)
        let removed = classes.groups[g].count - (keep[g] ?? classes.groups[g].count)
        if removed > 0 { try thin(group: g, removing: removed, at: n) }
      }
      if differs { try refit(n) }
      gathered = nil
      progress(Double(position + 1) / Double(nodes.count))
    }
    return current
  }

  /// Brings both networks' states to just before node `n`.
  mutating func advance(to n: Int) throws {
    let live = original.values(liveBefore: n, from: calibration.source)
    originalState = try FloatExecutor(original).run(from: originalState, to: live)
    thinnedState = try FloatExecutor(current.graph).run(from: thinnedState, to: live)
  }

  /// Leaves `count` classes of a group out; `n` is the first node that reads them.
  private mutating func thin(group g: Int, removing count: Int, at n: Int) throws {
    let candidates = classes.groups[g]
    let removed = try settings.score.choose(&self, count, candidates, n)
    let staying = current.leaveOut(Set(removed), of: classes)
    if let positions = staying[original.nodes[n].inputs[0]] {
      gathered?.positions = positions
    }
    for (value, positions) in staying {
      if let tensor = thinnedState[value] {
        thinnedState[value] = tensor.selecting(channels: positions)
      }
    }
    differs = true
  }

  /// Re-fits node `n` to the original's outputs on the thinned network's inputs.
  private mutating func refit(_ n: Int) throws {
    guard settings.compensation != .none,
      case .convolution(let conv) = current.graph.nodes[n].operation, conv.groups == 1
    else { return }
    let moments: Moments
    if let gathered {
      let width = gathered.equations.inputs / (conv.kernelHeight * conv.kernelWidth)
      moments = gathered.equations.moments(
        of: (0..<conv.kernelHeight * conv.kernelWidth).flatMap { tap in
          gathered.positions.map { tap * width + $0 }
        })
    } else {
      moments = try normalEquations(at: [n])[0].moments(of: Array(0..<conv.taps))
    }
    switch settings.compensation {
    case .none: break
    case .mean:
      current.setWeights(
        of: n, weights: conv.weights, bias: moments.fittedBias(for: conv.weights))
    case .leastSquares:
      let fitted = try moments.fitted(from: conv.weights, ridge: settings.ridge)
      current.setWeights(of: n, weights: fitted.weights, bias: fitted.bias)
    }
  }
}

extension Graph {
  /// Indices of the convolutions that depend on `source`, in order.
  func convolutions(after source: ValueID) -> [Int] {
    let reached = nodes(after: source)
    return nodes.indices.filter { n in
      guard reached.contains(n), case .convolution = nodes[n].operation else { return false }
      return true
    }
  }

  /// Indices of all nodes that depend on `source`.
  func nodes(after source: ValueID) -> Set<Int> {
    var values: Set<ValueID> = [source]
    var result: Set<Int> = []
    for (n, node) in nodes.enumerated() where node.inputs.contains(where: values.contains) {
      values.insert(node.output)
      result.insert(n)
    }
    return result
  }

  /// Values that exist before node `n` runs (the source among them) and that it or a later node
  /// reads.
  func values(liveBefore n: Int, from source: ValueID) -> Set<ValueID> {
    let downstream = nodes(after: source)
    var made: Set<ValueID> = [source]
    for i in downstream where i < n { made.insert(nodes[i].output) }
    var live: Set<ValueID> = []
    for i in downstream where i >= n {
      for input in nodes[i].inputs where made.contains(input) { live.insert(input) }
    }
    return live
  }
}

extension Tensor {
  /// Only some channels, in the order given.
  func selecting(channels: [Int]) -> Tensor {
    let from = shape.channels, to = channels.count
    var shape = shape
    shape.channels = to
    let pixels = count * shape.pixels
    let storage = [Float](unsafeUninitializedCapacity: pixels * to) { out, written in
      self.storage.withUnsafeBufferPointer { source in
        for p in 0..<pixels {
          for (k, c) in channels.enumerated() { out[p &* to &+ k] = source[p &* from &+ c] }
        }
      }
      written = pixels * to
    }
    return Tensor(count: count, shape: shape, storage: storage)
  }
}
