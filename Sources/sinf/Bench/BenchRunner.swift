import CSystem
import SINFModel
import SINFPictures
import SINFRuntime

/// Runs inputs through a classifier, warm or cold, and keeps the times.
struct BenchRunner: ~Copyable {
  private(set) var classifier: Classifier
  private let memory: BenchMemory
  private let options: BenchOptions
  private let modelPath: UnsafePointer<CChar>
  private var inputs: BenchInputs
  private var latencies: InlineArray<12, Latencies>
  /// Whether the whole network runs in turn with the routed one.
  let isPaired: Bool
  private(set) var result = BenchResult()
  private var isMeasuring = false
  /// During the first pass: later ones meet the same pictures.
  private var isNaming = true

  init(
    _ options: BenchOptions, _ model: UnsafePointer<CChar>, _ arguments: Arguments,
    hasOperands: Bool
  ) throws(StartError) {
    var classifier = try Classifier(
      model: model, options.classify, tableBytes: BenchMemory.bytes(for:))
    try Confinement.enterReader(CSYS_PROFILE_BENCH, options.classify, classifier.decoder)
    try classifier.startThreads()
    let memory = BenchMemory(classifier.tables, classifier.model)
    self.memory = memory
    self.options = options
    modelPath = model
    inputs = BenchInputs(
      arguments, hasOperands: hasOperands, walkMemory: memory.walk)
    latencies = InlineArray { index in
      Latencies(counters: memory.counters(Stage(rawValue: index).unsafelyUnwrapped))
    }
    isPaired = classifier.mode == .routed && classifier.model.isRouted && classifier.model.hasWhole
    self.classifier = classifier
  }

  var areSynthetic: Bool { inputs.areSynthetic }
  var operationTimes: UnsafeMutableBufferPointer<OperationTimes> { memory.operationTimes }

  /// Warms up, measures, and leaves everything in `result`.
  mutating func measure(_ counters: csys_counters) {
    digest()
    isNaming = false
    guard result.inputCount > 0 else { return }
    for _ in 0..<options.warmup { iterate() }
    result.peak = classifier.engine.measurePeak()
    if options.showsLayers { classifier.engine.operationTimes = memory.operationTimes }
    result.before = BenchResult.Machine.now
    result.usageBefore = csys_read_usage()
    var counters = counters
    csys_counters_start(&counters)
    let start = csys_monotonic_nanoseconds()
    isMeasuring = true
    measureAll(from: start)
    isMeasuring = false
    result.elapsedNanoseconds = csys_monotonic_nanoseconds() &- start
    csys_counters_stop(&counters)
    result.usageAfter = csys_read_usage()
    result.after = BenchResult.Machine.now
    for index in 0..<result.counters.count {
      result.counters[index] = csys_counters_read(&counters, Int32(truncatingIfNeeded: index))
    }
    result.counterError = counters.error
    // What warming up has given the clock is known now: the better of both.
    if let peak = classifier.engine.measurePeak() { result.peak = max(result.peak ?? 0, peak) }
    for index in 0..<Stage.count {
      result.times[index] = latencies[index].summary
      result.totals[index] = latencies[index].total
    }
  }

  private mutating func measureAll(from start: UInt64) {
    let milliseconds =
      options.milliseconds
      ?? (options.iterations == nil ? BenchOptions.defaultMilliseconds : nil)
    let limit = milliseconds.map { UInt64($0) * 1_000_000 } ?? UInt64.max
    let most = options.iterations.map { UInt64($0) } ?? UInt64.max
    repeat {
      // False when pictures that were there before are gone.
      guard iterate() else { return }
      result.iterations += 1
    } while result.iterations < most && csys_monotonic_nanoseconds() &- start < limit
  }

  /// Runs each input once: for the digest of what comes out, and so that everything has run before
  /// anything is measured. What can't be run is named and counts as failed.
  private mutating func digest() {
    inputs.rewind()
    while let input = nextInput() {
      guard loadOrSay(input) != nil else { continue }
      result.inputCount += 1
      _ = run(classifier.mode)
      absorbLogits()
      if isPaired {
        restoreInput()
        _ = run(.whole)
        absorbLogits()
      }
    }
    inputs.rewind()
  }

  private mutating func absorbLogits() {
    let logits = UnsafeRawBufferPointer(classifier.engine.logits)
    result.digest = csys_crc32(result.digest, logits.baseAddress, logits.count)
  }

  /// The next input of this pass; what is none is named. nil behind the last.
  private mutating func nextInput() -> BenchInputs.Input? {
    while true {
      do throws(BenchFailure) { return try inputs.next() } catch { say(error) }
    }
  }

  /// As `load`; nil when the input is named as failed.
  private mutating func loadOrSay(_ input: BenchInputs.Input) -> UInt64? {
    do throws(BenchFailure) { return try load(input) } catch {
      say(error)
      return nil
    }
  }

  /// The nanoseconds from file to input of the next input that can be loaded, of all of them once.
  private mutating func loadNext() -> UInt64? {
    var rewinds = 0
    while true {
      guard let input = nextInput() else {
        rewinds += 1
        if rewinds == 2 { return nil }
        inputs.rewind()
        continue
      }
      if let nanoseconds = loadOrSay(input) { return nanoseconds }
    }
  }

  /// Names what could not be run, once.
  private mutating func say(_ failure: BenchFailure) {
    guard isNaming else { return }
    result.failedCount += 1
    var errors = Output(descriptor: Output.standardError)
    errors.put("sinf: ")
    errors.put(path: bytes(of: failure.path))
    errors.put(": ")
    errors.put(failure.failure)
    errors.put("\n")
    errors.flush()
  }

  /// The next input, the first one behind the last, through all stages; false when there is none.
  @discardableResult
  private mutating func iterate() -> Bool {
    guard let imageNanoseconds = loadNext() else { return false }
    // What runs second finds warmer caches: take turns.
    if isPaired && result.iterations & 1 == 1 {
      runBase()
      restoreInput()
      runNetwork(imageNanoseconds)
    } else {
      runNetwork(imageNanoseconds)
      guard isPaired else { return true }
      restoreInput()
      runBase()
    }
    return true
  }

  /// Puts the input where the network reads it and keeps a copy; returns the nanoseconds from file
  /// to input, 0 for noise.
  private mutating func load(_ input: BenchInputs.Input) throws(BenchFailure) -> UInt64 {
    switch input {
    case .noise(let seed):
      fill(memory.input, seed: seed)
      restoreInput()
      return 0
    case .picture(let path):
      let info = try decode(path)
      memory.input.baseAddress.unsafelyUnwrapped.update(
        from: classifier.engine.input, count: memory.input.count)
      result.decoderBytes = max(result.decoderBytes, info.decoderBytes)
      note(.read, info.readNanoseconds)
      note(.decode, info.decodeNanoseconds)
      note(.preprocess, info.preprocessNanoseconds)
      note(.handover, info.handoverNanoseconds)
      return info.readNanoseconds &+ info.decodeNanoseconds &+ info.preprocessNanoseconds
        &+ info.handoverNanoseconds
    }
  }

  private mutating func decode(_ path: UnsafePointer<CChar>) throws(BenchFailure) -> FrameInfo {
    let kind = csys_file_kind(path)
    guard kind >= 0 else { throw BenchFailure(path, .system(-kind)) }
    guard kind == Int32(CSYS_FILE_REGULAR.rawValue) else {
      throw BenchFailure(path, .notAFile(kind))
    }
    let descriptor = csys_open_regular(path)
    guard descriptor >= 0 else { throw BenchFailure(path, .system(-descriptor)) }
    defer { csys_close(descriptor) }
    var source = ByteSource(file: descriptor)
    do throws(FrameError) {
      return try classifier.decode(&source)
    } catch {
      throw BenchFailure(path, .frame(error))
    }
  }

  private mutating func restoreInput() {
    let input = UnsafePointer(memory.input.baseAddress.unsafelyUnwrapped)
    classifier.engine.input.update(from: input, count: memory.input.count)
  }

  private mutating func runNetwork(_ imageNanoseconds: UInt64) {
    let (outcome, nanoseconds) = run(classifier.mode)
    guard isMeasuring else { return }
    result.macs &+= outcome.macs
    if classifier.model.isRouted { note(.features, outcome.featuresNanoseconds) }
    if outcome.routeNanoseconds > 0 { note(.route, outcome.routeNanoseconds) }
    switch outcome.path {
    case .stop: result.stops += 1
    case .subgraph:
      result.subgraphs += 1
      note(.subgraph, outcome.restNanoseconds)
    case .fallback:
      result.fallbacks += 1
      note(.fallback, outcome.restNanoseconds)
    case .whole:
      result.wholes += 1
      note(.whole, outcome.restNanoseconds)
    }
    note(.network, nanoseconds)
    note(.total, imageNanoseconds &+ nanoseconds)
  }

  private mutating func runBase() {
    // Times of layers are those of the network that was asked for.
    let operationTimes = classifier.engine.operationTimes
    classifier.engine.operationTimes = nil
    let (outcome, nanoseconds) = run(.whole)
    classifier.engine.operationTimes = operationTimes
    guard isMeasuring else { return }
    result.baseMacs &+= outcome.macs
    note(.base, nanoseconds)
  }

  private mutating func run(_ mode: Mode) -> (Outcome, UInt64) {
    if options.isCold { dropModel() }
    let start = csys_monotonic_nanoseconds()
    let outcome = classifier.engine.run(mode, threshold: nil)
    return (outcome, csys_monotonic_nanoseconds() &- start)
  }

  /// Takes the model out of resident memory and, as far as the kernel does it, out of the page cache.
  private mutating func dropModel() {
    let bytes = classifier.mapping.bytes
    classifier.mapping.dropPages()
    let error = csys_drop_cache(modelPath)
    if error != 0 { result.dropError = error }
    guard let base = bytes.baseAddress else { return }
    result.cachedBytes = max(result.cachedBytes, csys_cached_bytes(base, bytes.count))
  }

  private mutating func note(_ stage: Stage, _ nanoseconds: UInt64) {
    guard isMeasuring else { return }
    latencies[stage.rawValue].add(nanoseconds)
  }
}
