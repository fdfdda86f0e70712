import CSystem
import SINFModel
import SINFWatch

/// `sinf watch`: labels every picture that comes into a folder, for as long as the program runs.
///
/// One loop does everything in turn: signals, the kernel's events, scans, a batch of frames. What it
/// promises and how is written in docs/operations.md.
struct Watch: ~Copyable {
  var classifier: Classifier
  var report: Report
  let options: WatchOptions
  let root: UnsafePointer<CChar>
  let modelPath: UnsafePointer<CChar>
  let tables: WatchTables
  var ledger: Ledger
  var queue: FrameQueue
  var folders: WatchedFolders
  var results: LineFile
  var service: WatchService
  var troubles = Troubles()
  let counts: UnsafeMutablePointer<WatchCounts>
  let signals: Int32
  /// A scan is asked for.
  var wantsScan = true
  /// A scan is made for frames that were left out, while those in the queue cannot be taken yet.
  var isStarving = false
  /// A batch was worked off since the last scan.
  var hasWorked = false
  var nextRescan: UInt64 = 0
  /// The watched folder was removed, renamed or unmounted.
  var isAway = false
  var isStopping = false
  /// Results can no longer go anywhere: the reader of standard output has left.
  var isCutOff = false
  /// The process may only open what it named at start, so that a new folder in the old one's place
  /// needs a fresh process.
  var isConfined = false
  var needsFreshProcess = false
  let startNanoseconds = csys_monotonic_nanoseconds()
  /// What was watched when it was opened last, to notice when something else stands there.
  var rootStatus = csys_status()
  var nextLook: UInt64 = 0
  /// The batch at hand.
  var batch = InlineArray<64, Frame>(repeating: Frame())
  var batchCount = 0
  /// The length of the results when the batch began.
  var batchStart: Int64 = 0

  /// A frame of the batch.
  struct Frame {
    var slot = FrameQueue.Slot()
    var identity = FrameIdentity(number: 8)
    var status = csys_status()
    var wasUncertain = false
    /// nil: not reported (yet).
    var fate: FrameFate?
  }

  /// The exit status.
  static func run(_ arguments: Arguments) -> Int32 {
    var options = WatchOptions()
    do throws(StartError) {
      try options.read(arguments)
      if options.shared.asksHelp { return show(Help.watch) }
      if options.checksConfig { return show("The options are in order.\n") }
      guard options.folder != nil else { throw .usage(.missingOperand("a folder to watch")) }
      let variable = environment("SINF_MODEL").flatMap { $0[0] == 0 ? nil : $0 }
      guard let model = options.shared.model ?? variable else { throw .usage(.noModel) }
      options.shared.model = model
      guard let counts = WatchCounts.shared() else {
        throw .noMemory(MemoryLayout<WatchCounts>.stride)
      }
      // A confined process cannot open a folder that comes back as another one: a fresh process can.
      if options.shared.usesSandbox, !options.isOnce {
        let error = csys_supervise()
        if error != 0 { throw .folder(options.folder.unsafelyUnwrapped, error) }
      }
      var watch = try Watch(model, options, counts)
      return watch.toTheEnd()
    } catch {
      return refuse(error, model: options.shared.model, command: "watch")
    }
  }

  private init(
    _ model: UnsafePointer<CChar>, _ options: WatchOptions,
    _ counts: UnsafeMutablePointer<WatchCounts>
  ) throws(StartError) {
    let folder = options.folder.unsafelyUnwrapped
    let tables = try WatchTables(options)
    let classifier = try Classifier(
      model: model, options.shared, reservedBytes: WatchTables.bytes(options))
    try Watch.setPaths(tables, options, folder)
    let signals = csys_signals_open()
    let error = signals < 0 ? -signals : csys_events_open(tables.events)
    guard error == 0 else { throw .folder(folder, error) }
    report = Report(classifier.model, options.shared)
    self.classifier = classifier
    self.options = options
    self.counts = counts
    self.signals = signals
    modelPath = model
    root = folder
    ledger = Ledger(
      path: tables.state.path, memory: tables.ledger, capacity: options.remember)
    queue = FrameQueue(
      memory: tables.queue, capacity: options.maximumQueue,
      pathBytes: WatchTables.pathBytes(options), order: options.order)
    folders = WatchedFolders(
      memory: tables.folders, capacity: WatchTables.folderLimit(options),
      pathBytes: WatchTables.pathBytes(options))
    results = LineFile(path: options.output)
    service = WatchService(heartbeat: options.heartbeat, temporary: tables.heartbeat)
    self.tables = tables
  }

  /// Where the ledger is, and its next version until it takes its place.
  private static func setPaths(
    _ tables: borrowing WatchTables, _ options: WatchOptions, _ folder: UnsafePointer<CChar>
  ) throws(StartError) {
    let fits =
      options.state.map { tables.state.set($0, PathText.none) }
      ?? tables.state.set(folder, PathText.state)
    guard fits, tables.freshState.set(tables.state.path, PathText.none),
      tables.freshState.append(PathText.fresh)
    else { throw .folder(folder, csys_path_too_long()) }
  }

  private mutating func toTheEnd() -> Int32 {
    let status = start()
    end(status)
  }

  /// Ends the process with all of its memory in place, as `Classify.end` does.
  @inline(never)
  private borrowing func end(_ status: Int32) -> Never {
    csys_exit(status)
  }

  /// Opens everything, works until the end, closes everything; the exit status.
  private mutating func start() -> Int32 {
    if let status = open() { return status }
    if !isAway { confine() }
    if !counts.pointee.isReady { service.send("READY=1") }
    counts.pointee.isReady = true
    if options.deletesDone { removeLeavings() }
    loop()
    if needsFreshProcess { return Int32(CSYS_STATUS_AGAIN) }
    return finish()
  }

  private mutating func loop() {
    while true {
      readSignals()
      if isStopping || isCutOff || needsFreshProcess { return }
      let now = csys_monotonic_nanoseconds()
      if isAway {
        comeBack(now)
      } else {
        lookAtRoot(now)
        drainEvents()
        if !isAway, wantsScan || mustRescan(now) || mustRetryScan(now) {
          hasWorked = false
          nextRescan = now &+ 1_000_000_000
          scan()
        }
      }
      signOfLife()
      if !isAway, workOff() { continue }
      if options.isOnce, isDrained { return }
      rest()
    }
  }

  /// With --once: nothing is left to do.
  private var isDrained: Bool {
    !wantsScan && !queue.isOverflowing && queue.count == 0 || isAway
  }

  mutating func readSignals() {
    while true {
      switch csys_signals_next(signals) {
      case Int32(CSYS_SIGNAL_STOP.rawValue): isStopping = true
      case Int32(CSYS_SIGNAL_RELOAD.rawValue): reload()
      case Int32(CSYS_SIGNAL_STATUS.rawValue): sayCounts()
      default: return
      }
    }
  }

  /// Whether somebody asked the program to stop meanwhile; other requests wait.
  mutating func isAskedToStop() -> Bool {
    readSignals()
    return isStopping
  }

  mutating func signOfLife() {
    let error = service.tick(counts.pointee, csys_monotonic_nanoseconds())
    if error != 0 { begin(.leaving, options.heartbeat, "cannot write the heartbeat", error) }
  }

  /// Sleeps until there may be something to do.
  private mutating func rest() {
    settleLedger()
    let now = csys_monotonic_nanoseconds()
    var due = service.due(now)
    if let ready = queue.nextReadyNanoseconds { due = min(due, max(ready, now &+ 1_000_000)) }
    if queue.isOverflowing { due = min(due, max(nextRescan, now &+ 1_000_000)) }
    // Frames that cannot leave wait in the queue, each with its time.
    for index in 0..<WatchTrouble.count where index != WatchTrouble.leaving.rawValue {
      if let trouble = WatchTrouble(rawValue: index), let next = troubles.due(trouble) {
        due = min(due, max(next, now &+ 1_000_000))
      }
    }
    due = min(due, isAway ? now &+ 1_000_000_000 : nextLook)
    let milliseconds = due <= now ? 0 : Int32((due - now) / 1_000_000 + 1)
    csys_wait(isAway ? -1 : tables.events.pointee.descriptor, signals, milliseconds)
  }

  /// SIGHUP: the model file anew, if it is in order.
  private mutating func reload() {
    service.send("RELOADING=1")
    do throws(StartError) {
      let fresh = try Classifier(
        model: modelPath, options.shared, reservedBytes: WatchTables.bytes(options))
      classifier = fresh
      report.replaceModel(classifier.model)
      counts.pointee.reloads += 1
      say(modelPath, "the model was read anew")
    } catch {
      report.errors.put(error, model: modelPath, command: nil)
      report.errors.flush()
      say(modelPath, "the model in use stays")
    }
    service.send("READY=1")
  }

  mutating func sayCounts() {
    report.errors.put("sinf: ")
    report.errors.put(counts.pointee)
    report.errors.put("; queue ")
    report.errors.put(queue.count)
    report.errors.put(", remembered ")
    report.errors.put(ledger.fates.count)
    report.errors.put(" of ")
    report.errors.put(ledger.fates.capacity)
    report.errors.put("\n")
    report.errors.flush()
  }

  /// Writes the last lines; the exit status.
  private mutating func finish() -> Int32 {
    service.send("STOPPING=1")
    settleLedger()
    if options.shared.format == .json, !isCutOff {
      report.output.put("{\"status\":\"summary\"")
      report.output.put(jsonMembers: counts.pointee)
      report.output.put("}\n")
      report.output.flush()
      if report.output.error != 0 { results.takeBack() } else { results.accept() }
      _ = results.sync()
    }
    report.errors.put(counts.pointee)
    report.errors.put("\n")
    report.errors.flush()
    if isCutOff { return ExitStatus.failure }
    return options.isOnce && (counts.pointee.failed > 0 || isAway)
      ? ExitStatus.failure : ExitStatus.success
  }
}
