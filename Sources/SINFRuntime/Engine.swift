import CKernels
import CSystem
import SINFModel

/// A model at work: its tensors in an arena, its kernels chosen. Holds no heap value; running an
/// image allocates nothing and can't fail, because the model was validated when it was opened.
///
/// Ownership: the model's mapping and the arena must outlive the engine. Not for several threads at
/// once: one engine, one image at a time.
public struct Engine: ~Copyable {
  public let model: Model
  private let kernels: Kernels
  private let tensors: UnsafeMutableRawPointer
  private var output: TensorView
  private var outputCluster = -1

  /// An engine whose tensors take `model.arenaBytes` of the arena.
  ///
  /// - Parameter instructionSet: Name of the kernels to use ("reference", "portable", "avx2",
  ///   "avx512"); nil for what the environment variable SINF_ISA says or else the fastest. All give
  ///   the same bytes.
  ///
  /// Errors: `.arenaTooSmall` with both numbers; `.instructionSetUnavailable` for kernels that are
  /// unknown or that this machine can't run.
  public init(
    model: Model, arena: inout Arena, instructionSet: UnsafePointer<CChar>? = nil
  ) throws(RuntimeError) {
    let kernels = try Kernels(instructionSet: instructionSet)
    let memory = try arena.take(bytes: model.arenaBytes)
    self.model = model
    self.kernels = kernels
    tensors = memory.baseAddress.unsafelyUnwrapped
    output = model.program(at: model.programCount - 1).output
  }

  /// Name of the instruction set whose kernels run, NUL-terminated ASCII.
  public var instructionSet: UnsafePointer<CChar> { kernels.instructionSet }

  /// The image to run: height * width pixels of 4 bytes. With 3 channels bytes 0 ... 2 hold them in
  /// the model's colour order, with 1 channel byte 0; what the other bytes hold doesn't matter. Fill
  /// it before each run: a run uses the memory for other tensors as well.
  public var input: UnsafeMutablePointer<UInt8> {
    (tensors + model.image.arenaOffset).assumingMemoryBound(to: UInt8.self)
  }

  /// Bytes of `input`.
  public var inputBytes: Int { model.image.height * model.image.width * 4 }

  /// Runs the image in `input`.
  ///
  /// - Parameters:
  ///   - mode: Which parts run. `.cluster` outside 0 ..< clusterCount, and `.whole` on a model
  ///     without the whole network (`model.hasWhole`), are the caller's mistakes and trap.
  ///   - threshold: What the best cluster's probability must reach to be trusted; nil for the
  ///     model's own. At most 0 trusts always, above 1 never. A model without the whole network
  ///     always takes the best cluster.
  public mutating func run(_ mode: Mode, threshold: Float? = nil) -> Outcome {
    guard model.isRouted else {
      if case .cluster = mode { preconditionFailure("a plain model has no clusters") }
      var outcome = Outcome(path: .whole)
      finish(.whole, 0, &outcome)
      return outcome
    }
    switch mode {
    case .cluster(let cluster):
      precondition(cluster >= 0 && cluster < model.clusterCount, "no such cluster")
      var outcome = Outcome(path: .subgraph, cluster: cluster)
      outcome.featuresNanoseconds = execute(.features, 0, &outcome)
      finish(.subgraph, cluster, &outcome)
      return outcome
    case .whole:
      precondition(model.hasWhole, "the model has no whole network")
      var outcome = Outcome(path: .whole)
      outcome.featuresNanoseconds = execute(.features, 0, &outcome)
      finish(.whole, 0, &outcome)
      return outcome
    case .routed:
      var outcome = Outcome(path: .subgraph)
      outcome.featuresNanoseconds = execute(.features, 0, &outcome)
      route(&outcome)
      if outcome.routeConfidence >= threshold ?? model.routeThreshold || !model.hasWhole {
        finish(.subgraph, outcome.cluster, &outcome)
      } else {
        outcome.path = .fallback
        finish(.whole, 0, &outcome)
      }
      return outcome
    }
  }

  /// Scores of the last run, one a row; zeros before the first. Valid until the next run or the
  /// next write to `input`.
  public var logits: UnsafeBufferPointer<Float> { logits(of: output) }

  /// The class of each logit, nil when logit i is class i.
  public var rows: UnsafeBufferPointer<UInt16>? {
    outputCluster < 0 ? nil : model.clusterRows(outputCluster)
  }

  /// Writes the best `count` classes of the last run into `ranked`, the best first; among equal
  /// scores the lower class index comes first. Returns how many were written: the least of `count`,
  /// the rows run and the room in `ranked`. Cost: rows * count at worst.
  public mutating func top(_ count: Int, into ranked: UnsafeMutableBufferPointer<Ranked>) -> Int {
    rank(logits, rows, min(count, ranked.count), into: ranked)
  }

  /// Runs the route predictor and notes the best cluster and its probability.
  private mutating func route(_ outcome: inout Outcome) {
    let start = csys_monotonic_nanoseconds()
    _ = execute(.route, 0, &outcome)
    let scores = logits(of: model.program(.route).unsafelyUnwrapped.output)
    outcome.cluster = ck_f32_argmax_ref(scores.baseAddress, scores.count)
    outcome.routeConfidence =
      1
      / ck_f32_softmax_sum_ref(
        scores.baseAddress, scores.count, model.routeInverseTemperature, scores[outcome.cluster])
    outcome.routeNanoseconds = csys_monotonic_nanoseconds() &- start
  }

  /// Runs the program that gives the logits and notes whose they are.
  private mutating func finish(_ kind: ProgramKind, _ cluster: Int, _ outcome: inout Outcome) {
    outcome.restNanoseconds = execute(kind, cluster, &outcome)
    output = model.program(kind, cluster: cluster).unsafelyUnwrapped.output
    outputCluster = kind == .subgraph ? cluster : -1
  }

  /// Runs a program that the model has; returns its nanoseconds and adds its cost to the outcome.
  private func execute(_ kind: ProgramKind, _ cluster: Int, _ outcome: inout Outcome) -> UInt64 {
    let start = csys_monotonic_nanoseconds()
    let program = model.program(kind, cluster: cluster).unsafelyUnwrapped
    for index in 0..<program.operationCount {
      kernels.execute(program.operation(index), in: tensors)
    }
    outcome.macs &+= program.multiplyAccumulates
    return csys_monotonic_nanoseconds() &- start
  }

  private func logits(of tensor: TensorView) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(
      start: (tensors + tensor.arenaOffset).assumingMemoryBound(to: Float.self),
      count: tensor.channels)
  }
}
