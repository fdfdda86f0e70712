import CKernels
import CSystem
import SINFModel

/// A model at work: its tensors in an arena, its kernels chosen. Holds no heap value; running an
/// image allocates nothing and can't fail, because the model was validated when it was opened.
///
/// Ownership: the model's mapping and the arena must outlive the engine. Not for several threads at
/// once: one engine, one image at a time. Its own threads, if it has some, start and end with it.
public struct Engine: ~Copyable {
  public let model: Model
  var executor: Executor
  private let tensors: UnsafeMutableRawPointer
  /// The route's class scores of the current image, outside the planned tensors, which later programs
  /// overwrite. Empty in a plain model.
  private let scores: UnsafeMutableBufferPointer<Float>
  private var output: TensorView
  private var outputCluster = -1
  /// Where times of operations are collected, one entry for each of `model.operationCount`; nil for
  /// nowhere. Reading the clock twice for each costs some 50 ns or, where the kernel is asked,
  /// up to a microsecond: `Outcome`'s times then contain that.
  public var operationTimes: UnsafeMutableBufferPointer<OperationTimes>?

  /// How long a thread without work looks for some before it sleeps, if nobody says otherwise.
  /// Longer than the pauses that small operations, which run on one thread, make between others;
  /// short enough that next to nothing is burnt between images.
  public static let defaultSpinNanoseconds: UInt64 = 50_000

  /// Most threads of an engine.
  public static let mostThreads = Int(CSYS_POOL_MOST_THREADS)

  /// Bytes that an engine for `model` takes of an arena: the planned tensors, in a routed model one
  /// float a class, and for more than one thread the stacks of the others.
  public static func arenaBytes(for model: Model, threads: Int = 1) -> Int {
    let tensors = Arena.rounded(model.arenaBytes)
    let own = model.isRouted ? tensors + model.classCount * 4 : model.arenaBytes
    return threads > 1 ? Arena.rounded(own) + Executor.bytes(threads: threads) : own
  }

  /// An engine that takes `arenaBytes(for: model, threads: threads)` of the arena.
  ///
  /// - Parameters:
  ///   - instructionSet: Name of the kernels to use ("reference", "portable", "avx2" ...); nil for
  ///     what the environment variable SINF_ISA says or else the fastest. All give the same bytes.
  ///   - threads: 1 ... mostThreads, the calling one included; others are the caller's mistake and
  ///     trap. Any number gives the same bytes.
  ///   - startsThreads: Whether they start here, or later by `startThreads`; until then everything
  ///     runs on the calling one.
  ///   - spinNanoseconds: How long a thread without work looks for some before it sleeps. It sleeps
  ///     at once where there are fewer processors than threads.
  ///
  /// Errors: `.arenaTooSmall` with both numbers; `.instructionSetUnavailable` for kernels that are
  /// unknown or that this machine can't run; `.noThreads` when the system refuses some.
  public init(
    model: Model, arena: inout Arena, instructionSet: UnsafePointer<CChar>? = nil,
    threads: Int = 1, spinNanoseconds: UInt64 = Self.defaultSpinNanoseconds,
    startsThreads: Bool = true
  ) throws(RuntimeError) {
    precondition(threads >= 1 && threads <= Self.mostThreads, "1 ... 64 threads")
    let kernels = try Kernels(instructionSet: instructionSet)
    let bytes = Self.arenaBytes(for: model, threads: threads)
    let memory = try arena.take(bytes: bytes).baseAddress.unsafelyUnwrapped
    var executor = Executor(
      kernels: kernels, threads: threads, spinNanoseconds: spinNanoseconds,
      memory: memory + Arena.rounded(Self.arenaBytes(for: model)))
    if startsThreads { try executor.start() }
    self.executor = executor
    self.model = model
    tensors = memory
    let planned = Arena.rounded(model.arenaBytes)
    scores = UnsafeMutableBufferPointer(
      start: (memory + (model.isRouted ? planned : 0)).assumingMemoryBound(to: Float.self),
      count: model.isRouted ? model.classCount : 0)
    output = model.program(at: model.programCount - 1).output
  }

  /// Starts the threads, with the rights that the calling one has now.
  ///
  /// Errors: `.noThreads` when the system refuses some.
  public mutating func startThreads() throws(RuntimeError) {
    try executor.start()
  }

  /// Ends them: from then on everything runs on the calling one.
  public mutating func stopThreads() {
    executor.goOnAlone()
  }

  deinit { executor.stop() }

  /// How many sets of kernels this machine can run.
  public static var instructionSetCount: Int { ck_kernels_count() }

  /// Name of the set of kernels at 0 ..< instructionSetCount, "reference" the first.
  public static func instructionSet(at index: Int) -> UnsafePointer<CChar> {
    ck_kernels_at(index).pointee.isa.unsafelyUnwrapped
  }

  /// Name of the instruction set whose kernels run, NUL-terminated ASCII.
  public var instructionSet: UnsafePointer<CChar> { executor.kernels.instructionSet }

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
  ///   - mode: Which parts run. `.cluster` outside 0 ..< clusterCount, `.stop` outside
  ///     1 ... stopCount, and `.whole` on a model without the whole network (`model.hasWhole`), are
  ///     the caller's mistakes and trap.
  ///   - threshold: What the best cluster's probability must reach to be trusted; nil for the
  ///     model's own. At most 0 trusts always, above 1 never. A model without the whole network
  ///     always takes the best cluster.
  ///   - stopMargin: How far the predictor's first two classes must differ for its answer to stand;
  ///     nil for the model's own, 0 for never.
  ///
  /// Where the model says so (`model.routeScoreWeight`), the predictor's class scores are added to
  /// the logits, except with `.whole`, which runs no predictor.
  public mutating func run(
    _ mode: Mode, threshold: Float? = nil, stopMargin: Float? = nil
  ) -> Outcome {
    guard model.isRouted else {
      if case .cluster = mode { preconditionFailure("a plain model has no clusters") }
      if case .stop = mode { preconditionFailure("a plain model has no stops") }
      var outcome = Outcome(.whole)
      finish(.whole, 0, &outcome)
      return outcome
    }
    switch mode {
    case .cluster(let cluster):
      precondition(cluster >= 0 && cluster < model.clusterCount, "no such cluster")
      var outcome = Outcome(.prescribed(cluster: cluster))
      outcome.featuresNanoseconds = execute(.features, 0, &outcome)
      if model.routeScoreWeight > 0 { score(&outcome) }
      finish(.subgraph, cluster, &outcome)
      if model.routeScoreWeight > 0 { addScores() }
      return outcome
    case .whole:
      precondition(model.hasWhole, "the model has no whole network")
      var outcome = Outcome(.whole)
      outcome.featuresNanoseconds = execute(.features, 0, &outcome)
      finish(.whole, 0, &outcome)
      return outcome
    case .stop(let number):
      precondition(number >= 1 && number <= model.stopCount, "no such stop")
      var outcome = Outcome(.whole)
      outcome.featuresNanoseconds = execute(.features, 0, &outcome)
      score(&outcome)
      let best = chooseRoute(&outcome)
      outcome.route = .stop(number: number, cluster: best.cluster, confidence: best.confidence)
      answerByScores()
      return outcome
    case .routed:
      var outcome = Outcome(.whole)
      outcome.featuresNanoseconds = execute(.features, 0, &outcome)
      score(&outcome)
      let best = chooseRoute(&outcome)
      let wanted = stopMargin ?? model.stopMargin
      if wanted > 0 && outcome.margin >= wanted {
        outcome.route = .stop(number: 1, cluster: best.cluster, confidence: best.confidence)
        answerByScores()
        return outcome
      }
      if best.confidence >= threshold ?? model.routeThreshold || !model.hasWhole {
        outcome.route = .subgraph(cluster: best.cluster, confidence: best.confidence)
        finish(.subgraph, best.cluster, &outcome)
      } else {
        outcome.route = .fallback(cluster: best.cluster, confidence: best.confidence)
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

  /// The most probable cluster and its probability: the sum over its members of the softmax of the
  /// scores. Among equals the first cluster wins. Float additions in the order of the file. Notes by how
  /// much the first two classes differ.
  private func chooseRoute(_ outcome: inout Outcome) -> (cluster: Int, confidence: Float) {
    let start = csys_monotonic_nanoseconds()
    let first = ck_f32_argmax_ref(scores.baseAddress, scores.count)
    let maximum = scores[first]
    let factor = model.routeInverseTemperature
    var total: Float = 0
    var best: (cluster: Int, sum: Float) = (0, -1)
    for cluster in 0..<model.clusterCount {
      let members = model.clusterMembers(cluster)
      let sum = ck_f32_member_sum_ref(
        scores.baseAddress, members.baseAddress, members.count, factor, maximum)
      total += sum
      if sum > best.sum { best = (cluster, sum) }
    }
    outcome.margin = lead(of: first) / total
    outcome.routeNanoseconds &+= csys_monotonic_nanoseconds() &- start
    return (best.cluster, best.sum / total)
  }

  /// By how much class `first`, the best, is ahead of the next one, before the softmax's division.
  private func lead(of first: Int) -> Float {
    var second = -1
    for index in 0..<scores.count where index != first {
      if second < 0 || scores[index] > scores[second] { second = index }
    }
    guard second >= 0 else { return 1 }
    var pair = (UInt16(truncatingIfNeeded: first), UInt16(truncatingIfNeeded: second))
    let factor = model.routeInverseTemperature
    let maximum = scores[first]
    return ck_f32_member_sum_ref(scores.baseAddress, &pair.0, 1, factor, maximum)
      - ck_f32_member_sum_ref(scores.baseAddress, &pair.1, 1, factor, maximum)
  }

  /// Makes the predictor's class scores, which still lie where it wrote them, the answer: times the
  /// inverse temperature, so that their softmax gives the probabilities that decided.
  private mutating func answerByScores() {
    output = model.program(.route).unsafelyUnwrapped.output
    outputCluster = -1
    let logits = UnsafeMutableBufferPointer(mutating: logits)
    for index in 0..<logits.count { logits[index] = scores[index] * model.routeInverseTemperature }
  }

  /// Class scores by the route predictor of the last run that it took part in, one a class, before
  /// the temperature; empty in a plain model. Valid until the next run.
  public var routeScores: UnsafeBufferPointer<Float> { UnsafeBufferPointer(scores) }

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
      let operation = program.operation(index)
      guard let operationTimes else {
        executor.execute(operation, in: tensors)
        continue
      }
      let start = csys_monotonic_nanoseconds()
      executor.execute(operation, in: tensors)
      operationTimes[program.firstOperation + index].add(csys_monotonic_nanoseconds() &- start)
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
