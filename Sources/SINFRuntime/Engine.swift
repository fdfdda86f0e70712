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
  /// The route's class scores of the current image, outside the planned tensors, which later programs
  /// overwrite. Empty in a plain model.
  private let scores: UnsafeMutableBufferPointer<Float>
  private var output: TensorView
  private var outputCluster = -1

  /// Bytes that an engine for `model` takes of an arena: the planned tensors, and in a routed model
  /// one float a class.
  public static func arenaBytes(for model: Model) -> Int {
    let tensors = (model.arenaBytes + Arena.alignment - 1) & ~(Arena.alignment - 1)
    return model.isRouted ? tensors + model.classCount * 4 : model.arenaBytes
  }

  /// An engine that takes `arenaBytes(for: model)` of the arena.
  ///
  /// - Parameter instructionSet: Name of the kernels to use ("reference", "portable"; on x86-64
  ///   "avx2", "avxvnni", "avx512vnni" as well); nil for what the environment variable SINF_ISA says or else the fastest. All give
  ///   the same bytes.
  ///
  /// Errors: `.arenaTooSmall` with both numbers; `.instructionSetUnavailable` for kernels that are
  /// unknown or that this machine can't run.
  public init(
    model: Model, arena: inout Arena, instructionSet: UnsafePointer<CChar>? = nil
  ) throws(RuntimeError) {
    let kernels = try Kernels(instructionSet: instructionSet)
    let memory = try arena.take(bytes: Self.arenaBytes(for: model)).baseAddress.unsafelyUnwrapped
    self.model = model
    self.kernels = kernels
    tensors = memory
    let planned = (model.arenaBytes + Arena.alignment - 1) & ~(Arena.alignment - 1)
    scores = UnsafeMutableBufferPointer(
      start: (memory + (model.isRouted ? planned : 0)).assumingMemoryBound(to: Float.self),
      count: model.isRouted ? model.classCount : 0)
    output = model.program(at: model.programCount - 1).output
  }

  /// How many sets of kernels this machine can run.
  public static var instructionSetCount: Int { ck_kernels_count() }

  /// Name of the set of kernels at 0 ..< instructionSetCount, "reference" the first.
  public static func instructionSet(at index: Int) -> UnsafePointer<CChar> {
    ck_kernels_at(index).pointee.isa.unsafelyUnwrapped
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
  ///
  /// Where the model says so (`model.routeScoreWeight`), the predictor's class scores are added to
  /// the logits, except with `.whole`, which runs no predictor.
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
      if model.routeScoreWeight > 0 { score(&outcome) }
      finish(.subgraph, cluster, &outcome)
      if model.routeScoreWeight > 0 { addScores() }
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
      score(&outcome)
      chooseRoute(&outcome)
      if outcome.routeConfidence >= threshold ?? model.routeThreshold || !model.hasWhole {
        finish(.subgraph, outcome.cluster, &outcome)
      } else {
        outcome.path = .fallback
        finish(.whole, 0, &outcome)
      }
      if model.routeScoreWeight > 0 { addScores() }
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

  /// Runs the route predictor and keeps its class scores.
  private func score(_ outcome: inout Outcome) {
    outcome.routeNanoseconds = execute(.route, 0, &outcome)
    let source = logits(of: model.program(.route).unsafelyUnwrapped.output)
    for index in 0..<source.count { scores[index] = source[index] }
  }

  /// Notes the most probable cluster and its probability: the sum over its members of the softmax of
  /// the scores. Among equals the first cluster wins. Float additions in the order of the file.
  private func chooseRoute(_ outcome: inout Outcome) {
    let start = csys_monotonic_nanoseconds()
    let maximum = scores[ck_f32_argmax_ref(scores.baseAddress, scores.count)]
    let factor = model.routeInverseTemperature
    var total: Float = 0
    var best: Float = -1
    for cluster in 0..<model.clusterCount {
      let members = model.clusterMembers(cluster)
      let sum = ck_f32_member_sum_ref(
        scores.baseAddress, members.baseAddress, members.count, factor, maximum)
      total += sum
      if sum > best {
        best = sum
        outcome.cluster = cluster
      }
    }
    outcome.routeConfidence = best / total
    outcome.routeNanoseconds &+= csys_monotonic_nanoseconds() &- start
  }

  /// Adds the weighted class scores to the logits of the program that ran last.
  private func addScores() {
    let logits = UnsafeMutableBufferPointer(mutating: logits)
    ck_f32_add_scaled_ref(
      logits.baseAddress, scores.baseAddress, rows?.baseAddress, logits.count,
      model.routeScoreWeight)
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
