import CSystem
import SINFModel
import SINFSystem
import SINFWatch

/// `sinf watch`: labels every picture that comes into a folder, for as long as the program runs.
///
/// What it promises is written in docs/operations.md; `WatchLoop` keeps it, and this lets it run.
struct Watch: ~Copyable {
  var loop: WatchLoop<HostSystem, WatchReporter>
  let options: WatchOptions
  let root: UnsafePointer<CChar>
  let modelPath: UnsafePointer<CChar>
  let tables: WatchTables
  let counts: UnsafeMutablePointer<WatchCounts>
  private let signals: Signals
  private let events: FolderEvents
  /// Whether what is not needed was given up, as far as the kernel can do that.
  private var isConfinedForGood = false
  /// The model wants other pieces of memory.
  var needsFreshProcess = false

  /// The exit status.
  static func run(_ arguments: Arguments) -> Int32 {
    var options = WatchOptions()
    do throws(StartError) {
      try options.read(arguments)
      if options.shared.asksHelp { return show(.watch) }
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
    var tables = try WatchTables(options)
    guard tables.setPaths(options, model) else {
      throw .folder(options.state ?? folder, Errno.pathTooLong.number)
    }
    let classifier = try Watch.classifier(model, old: tables.oldModelPath, options, counts)
    if options.unsure != nil, classifier.minimumShare <= 0 { throw .nothingIsUnsure }
    let signals: Signals
    do throws(Errno) {
      signals = try Signals()
    } catch {
      throw .folder(folder, error.number)
    }
    // Without events the folder is scanned, which is said when it is opened.
    events = (try? FolderEvents(memory: tables.events)) ?? FolderEvents()
    let service = WatchService(
      heartbeat: options.heartbeat, temporary: Path(memory: tables.heartbeat))
    loop = WatchLoop(
      tables.settings(options), tables.loop, system: HostSystem(events: events), counts: counts,
      client: WatchReporter(classifier, options, service, signals, counts))
    self.options = options
    self.counts = counts
    self.signals = signals
    modelPath = model
    root = folder
    self.tables = tables
  }

  private mutating func toTheEnd() -> Int32 {
    let status = start()
    loop.client.classifier.end()
    end(status)
  }

  /// Ends the process with all of its memory in place, as `Classify.end` does.
  @inline(never)
  private borrowing func end(_ status: Int32) -> Never {
    csys_exit(status)
  }

  /// Opens everything, works until the end, closes everything; the exit status.
  private mutating func start() -> Int32 {
    // Before anything is written: an output is cut behind its last line. And once all is there.
    if hasOnePlaceForTwo() { return ExitStatus.usage }
    do throws(WatchRefusal) {
      try loop.open()
    } catch {
      return loop.client.say(error, loop.settings)
    }
    if hasOnePlaceForTwo() { return ExitStatus.usage }
    do throws(StartError) {
      if !loop.isAway { try confineAndStartThreads() }
    } catch {
      return loop.client.say(error, modelPath)
    }
    if !counts.pointee.isReady { loop.client.service.send("READY=1") }
    counts.pointee.isReady = true
    isConfinedForGood = !loop.isAway
    return work()
  }

  /// Whether two files that are written in different ways, or the model, are one.
  private mutating func hasOnePlaceForTwo() -> Bool {
    isOnePlace(options.output, modelPath, "--output", "--model")
      || isOnePlace(loop.settings.state, modelPath, "--state", "--model")
      || isOnePlace(options.output, options.shared.trustedKey, "--output", "--trusted-key")
      || isOnePlace(loop.settings.state, options.shared.trustedKey, "--state", "--trusted-key")
      || isOnePlace(options.output, options.heartbeat, "--output", "--heartbeat")
      || isOnePlace(loop.settings.state, options.heartbeat, "--state", "--heartbeat")
  }

  /// Whether both lead to the same file, which is then said.
  private mutating func isOnePlace(
    _ a: UnsafePointer<CChar>?, _ b: UnsafePointer<CChar>?, _ first: StaticString,
    _ second: StaticString
  ) -> Bool {
    guard let a, let b, let one = try? FileStatus(at: a), let other = try? FileStatus(at: b),
      one.isSamePlace(as: other)
    else { return false }
    loop.client.beginLine(a)
    loop.client.report.errors.put(first)
    loop.client.report.errors.put(" and ")
    loop.client.report.errors.put(second)
    loop.client.report.errors.put(" lead to the same file; each needs its own")
    loop.client.endLine()
    return true
  }

  /// Lets the loop run until the end; the exit status.
  private mutating func work() -> Int32 {
    while true {
      answerSignals()
      if loop.client.isAskedToStopNow { return finish() }
      if needsFreshProcess { return Int32(CSYS_STATUS_AGAIN) }
      let turn = loop.turn()
      if counts.pointee.trial.judge(counts.pointee.answers) == .bad { goBack() }
      // The folder may have come back, or be here at last.
      if !loop.isAway, !isConfinedForGood {
        isConfinedForGood = true
        // Fewer threads give the same results.
        do throws(StartError) { try confineAndStartThreads() } catch {
          _ = loop.client.say(error, modelPath)
        }
      }
      loop.client.giveSignOfLife()
      switch turn {
      case .again: break
      case .rest(let until): rest(until)
      case .drained, .cutOff: return finish(isCutOff: turn == .cutOff)
      case .needsFreshProcess: return Int32(CSYS_STATUS_AGAIN)
      }
    }
  }

  /// Sleeps until there may be something to do.
  private func rest(_ until: UInt64) {
    let now = Clock.monotonicNanoseconds
    let due = min(until, loop.client.service.due(now))
    let milliseconds = due <= now ? 0 : Int32((due - now) / 1_000_000 + 1)
    csys_wait(loop.isAway ? -1 : events.descriptor, signals.descriptor, milliseconds)
  }

  private mutating func answerSignals() {
    loop.client.readSignals()
    if loop.client.isAskedForCounts {
      loop.client.isAskedForCounts = false
      sayCounts()
    }
    if loop.client.isAskedToReload {
      loop.client.isAskedToReload = false
      reload()
    }
  }

  private mutating func sayCounts() {
    loop.client.report.errors.put("sinf: ")
    loop.client.report.errors.put(counts.pointee)
    loop.client.report.errors.put("; queue ")
    loop.client.report.errors.put(loop.queued)
    loop.client.report.errors.put(", remembered ")
    loop.client.report.errors.put(loop.remembered)
    loop.client.report.errors.put(" of ")
    loop.client.report.errors.put(loop.rememberable)
    loop.client.endLine()
  }

  /// Writes the last lines; the exit status.
  private mutating func finish(isCutOff: Bool = false) -> Int32 {
    loop.client.service.send("STOPPING=1")
    loop.finish()
    if options.shared.format == .json, !isCutOff {
      let error = loop.client.writeSummary(to: loop.resultDescriptor)
      loop.conclude(error)
    }
    loop.client.report.errors.put(counts.pointee)
    loop.client.endLine()
    if isCutOff { return ExitStatus.failure }
    let isIncomplete = counts.pointee.failed > 0 || loop.isAway || loop.hasLeftBehind
    return options.isOnce && isIncomplete ? ExitStatus.failure : ExitStatus.success
  }
}
