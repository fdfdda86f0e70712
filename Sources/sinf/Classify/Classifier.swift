import CSystem
import SINFModel
import SINFPictures
import SINFRuntime

/// A model, its arena and the decoding process: everything that labels pictures, in memory taken once.
struct Classifier: ~Copyable {
  // Destroyed in this order: what lies in the arena goes before it.
  private(set) var decoder: DecoderProcess
  var engine: Engine
  private(set) var arena: Arena
  private(set) var mapping: MappedFile
  private(set) var model: Model
  /// The tables of whoever uses the classifier, `tableBytes` of them.
  private(set) var tables: UnsafeMutableRawBufferPointer
  private(set) var mode: Mode
  private var readBuffer: UnsafeMutableRawBufferPointer
  private var ranked: UnsafeMutableBufferPointer<Ranked>
  private var plan: MemoryPlan
  private let options: ClassifyOptions
  private let trust: Trust?

  /// Maps and checks the model, takes the memory and makes the decoding process. `startThreads` is
  /// still to be called, once the program is confined.
  ///
  /// - Parameters:
  ///   - tableBytes: taken of the arena for the caller, by the model.
  ///   - reservedBytes: what the caller holds elsewhere and counts as part of the budget.
  init(
    model path: UnsafePointer<CChar>, _ options: ClassifyOptions,
    tableBytes: (Model) -> Int = { _ in 0 }, reservedBytes: Int = 0
  ) throws(StartError) {
    let trust = try Trust.asked(options.trustedKey)
    let mapping = try mapModel(path, trust)
    let model = try checkModel(mapping)
    let mode = try Classifier.mode(options.route, model)
    let plan = try MemoryPlan(
      model, options, tableBytes: tableBytes(model), reservedBytes: reservedBytes)
    var arena = try makeArena(plan.arenaBytes)
    let pieces = try Pieces(plan, &arena)
    // The processes see the arena as it is now: untouched.
    var decoder = try makeDecoder(plan.decoderSettings)
    let engine = try makeEngine(model, options.threads, &arena)
    try use(model, plan, &decoder, &arena)
    self.mapping = mapping
    self.model = model
    self.mode = mode
    self.plan = plan
    self.arena = arena
    self.options = options
    self.trust = trust
    tables = pieces.tables
    readBuffer = pieces.readBuffer
    ranked = pieces.ranked
    self.engine = engine
    self.decoder = decoder
  }

  /// Starts the threads of --threads, which have the rights that the program has now.
  mutating func startThreads() throws(StartError) {
    do throws(RuntimeError) { try engine.startThreads() } catch { throw StartError(error) }
  }

  /// Goes on with the model that is in the file now, in the same memory.
  ///
  /// False, and nothing has changed, where the model is in order but needs a larger part of the budget
  /// for one of its pieces than was taken at start: a fresh process can have it.
  ///
  /// Throws: what is wrong with the file, and then nothing has changed; or that the system refuses what
  /// it gave before.
  mutating func replaceModel(_ path: UnsafePointer<CChar>) throws(StartError) -> Bool {
    let fresh = try mapModel(path, trust)
    let model = try checkModel(fresh)
    let mode = try Classifier.mode(options.route, model)
    let freshPlan = try MemoryPlan(
      model, options, tableBytes: plan.tableBytes, reservedBytes: plan.reservedBytes)
    guard freshPlan.fits(in: plan) else { return false }
    engine.stopThreads()
    arena.reset()
    let pieces = try Pieces(plan, &arena)
    engine = try makeEngine(model, options.threads, &arena)
    try startThreads()
    try use(model, plan, &decoder, &arena)
    mapping = fresh
    self.model = model
    self.mode = mode
    tables = pieces.tables
    readBuffer = pieces.readBuffer
    ranked = pieces.ranked
    return true
  }

  /// What the budget is, and how much of it is the decoder's.
  var memoryUse: MemoryUse {
    MemoryUse(
      budgetBytes: plan.reservedBytes + plan.arenaBytes + plan.sharedBytes,
      decoderBytes: plan.pictureBytes)
  }

  /// Bytes of the budget that were taken, the decoding process's included.
  var memoryBytes: Int { plan.arenaBytes + plan.sharedBytes }

  /// Ends the decoding process: the last that is done with it.
  mutating func end() {
    decoder.end()
  }

  /// A source for pictures that follow each other, through the classifier's one buffer: one at a time.
  func stream(_ descriptor: Int32) -> ByteSource {
    ByteSource(fileDescriptor: descriptor, buffer: readBuffer)
  }

  /// The next picture of the source, labelled.
  mutating func classify(_ source: inout ByteSource) throws(FrameError) -> Result {
    decoder.begin(&source)
    while isDecoding() {}
    return try label(&source)
  }

  /// The same in steps, for those who have to give signs of life meanwhile: `begin`, `isDecoding` while
  /// it is true, then `label`.
  mutating func begin(_ source: inout ByteSource) {
    decoder.begin(&source)
  }

  /// Whether the picture isn't decoded yet, after waiting for it for half a second at most.
  mutating func isDecoding() -> Bool {
    decoder.isWorking(milliseconds: 500)
  }

  /// Labels the picture that was decoded.
  mutating func label(_ source: inout ByteSource) throws(FrameError) -> Result {
    let info = try decoder.finish(&source, into: engine.input)
    let outcome = engine.run(mode, threshold: options.threshold)
    let count = engine.top(options.top, into: ranked)
    return Result(
      info: info, outcome: outcome, ranked: UnsafeBufferPointer(rebasing: ranked[..<count]),
      minimumShare: minimumShare)
  }

  /// The share from which an answer is sure; 0: nobody has said.
  var minimumShare: Float { options.minimumShare ?? model.minimumShare }

  /// Only decodes, into the engine's input.
  mutating func decode(_ source: inout ByteSource) throws(FrameError) -> FrameInfo {
    try decoder.decode(&source, into: engine.input)
  }

  struct Result {
    let info: FrameInfo
    let outcome: Outcome
    /// Best first; valid until the next picture.
    let ranked: UnsafeBufferPointer<Ranked>
    fileprivate let minimumShare: Float

    /// nil where nobody has said what makes an answer sure.
    var isSure: Bool? {
      guard minimumShare > 0, let first = ranked.first else { return nil }
      return first.probability >= minimumShare
    }
  }

  /// What lies in the arena before the engine.
  private struct Pieces {
    let tables: UnsafeMutableRawBufferPointer
    let readBuffer: UnsafeMutableRawBufferPointer
    let ranked: UnsafeMutableBufferPointer<Ranked>

    init(_ plan: MemoryPlan, _ arena: inout Arena) throws(StartError) {
      tables = try take(plan.tableBytes, &arena)
      readBuffer = try take(plan.readBufferBytes, &arena)
      ranked = try take(plan.rankedBytes, &arena).bindMemory(to: Ranked.self)
    }
  }

  /// What --route asks for: a cluster's name goes before a cluster's number.
  private static func mode(
    _ route: UnsafePointer<CChar>?, _ model: Model
  ) throws(StartError) -> Mode {
    guard let route else { return .routed }
    let word = bytes(of: route)
    for cluster in 0..<model.clusterCount where word == model.clusterName(cluster) {
      return .cluster(cluster)
    }
    if word == "auto" { return .routed }
    if word == "whole" {
      guard model.hasWhole else { throw .noWholeNetwork }
      return .whole
    }
    if let stop = try stop(word, route, model) { return .stop(stop) }
    guard model.isRouted else { throw .noClusters }
    guard let cluster = parseInteger(word), cluster < model.clusterCount else {
      throw .noSuchCluster(route)
    }
    return .cluster(cluster)
  }

  /// The number of "stop:K"; nil for other words.
  private static func stop(
    _ word: UnsafeBufferPointer<UInt8>, _ route: UnsafePointer<CChar>, _ model: Model
  ) throws(StartError) -> Int? {
    let prefix = StaticString("stop:").bytes
    guard word.count > prefix.count,
      UnsafeBufferPointer(rebasing: word[..<prefix.count]) == prefix
    else { return nil }
    guard model.stopCount > 0 else { throw .noStops }
    let number = UnsafeBufferPointer(rebasing: word[prefix.count...])
    guard let stop = parseInteger(number), stop >= 1, stop <= model.stopCount else {
      throw .noSuchStop(route)
    }
    return stop
  }
}

func makeArena(_ bytes: Int) throws(StartError) -> Arena {
  do throws(RuntimeError) { return try Arena(bytes: bytes) } catch { throw StartError(error) }
}

private func take(
  _ bytes: Int, _ arena: inout Arena
) throws(StartError) -> UnsafeMutableRawBufferPointer {
  do throws(RuntimeError) {
    return try arena.take(bytes: bytes)
  } catch {
    throw StartError(error)
  }
}

private func makeEngine(
  _ model: Model, _ threads: Int, _ arena: inout Arena
) throws(StartError) -> Engine {
  let spin = try spinNanoseconds()
  do throws(RuntimeError) {
    return try Engine(
      model: model, arena: &arena, threads: threads, spinNanoseconds: spin, startsThreads: false)
  } catch {
    throw StartError(error)
  }
}

/// What the environment variable SINF_SPIN asks for, in microseconds up to a second.
private func spinNanoseconds() throws(StartError) -> UInt64 {
  guard let value = environment("SINF_SPIN"), value[0] != 0 else {
    return Engine.defaultSpinNanoseconds
  }
  guard let microseconds = parseInteger(bytes(of: value)), microseconds <= 1_000_000 else {
    throw .spin(value)
  }
  return UInt64(microseconds) * 1000
}

private func makeDecoder(
  _ settings: DecoderProcess.Settings
) throws(StartError) -> DecoderProcess {
  do throws(FrameError) { return try DecoderProcess(settings) } catch { throw .noDecoder(error) }
}

/// The decoder gets what the arena has left.
private func use(
  _ model: Model, _ plan: MemoryPlan, _ decoder: inout DecoderProcess, _ arena: inout Arena
) throws(StartError) {
  let memory = try take(arena.capacity - Arena.rounded(arena.used), &arena)
  do throws(FrameError) {
    try decoder.use(preprocessing: model.preprocessing, memory: memory)
  } catch {
    switch error {
    case .memory(let needed, let available):
      let budget = plan.reservedBytes + plan.arenaBytes + plan.sharedBytes
      throw .memory(needed: budget - Int(available) + Int(needed), available: budget)
    case .decoder: throw .noDecoder(error)
    default: throw .preprocessing(error)
    }
  }
}
