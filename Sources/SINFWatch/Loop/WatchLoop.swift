import SINFSystem

/// What is to be done after a turn of the loop.
public enum WatchTurn: Equatable, Sendable {
  /// Another turn at once.
  case again
  /// Sleep until then (monotonic nanoseconds), or until an event.
  case rest(until: UInt64)
  /// All frames are done, where no more are waited for.
  case drained
  /// Results can no longer go anywhere.
  case cutOff
  /// Only a fresh process can go on.
  case needsFreshProcess
}

/// Finds the frames that come into a folder and sees to it that each is reported: at least once,
/// whenever the process is killed or the power goes, and exactly once where the results can be read
/// back. docs/operations.md says what it promises and why that holds.
///
/// It neither sleeps nor allocates. Whoever drives it calls `open`, then `turn` for ever, and
/// `finish`.
public struct WatchLoop<System: WatchSystem, Client: WatchClient & ~Copyable>: ~Copyable {
  public var client: Client
  public let settings: WatchSettings
  let system: System
  let counts: UnsafeMutablePointer<WatchCounts>
  var finder: FrameFinder<System>
  var queue: FrameQueue
  var batch = FrameBatch()
  var retirer: Retirer<System>
  var ledger: Ledger<System>
  var results: ResultLog<System>
  var troubles = Troubles()
  var worthless = WorthlessFrames()
  /// Where a frame is for people: below the root.
  var fullPath: Path
  /// The watched folder was removed, renamed or unmounted.
  public internal(set) var isAway = false
  /// The process may only open what it could at its start, so that a new folder in the old one's place
  /// needs a fresh process.
  public var isConfined = false
  var needsFreshProcess = false
  /// Standard output has no reader any more.
  var isCutOff = false
  let startNanoseconds: UInt64
  /// What an earlier process left uncertain is not settled yet.
  var mustReconcile = false
  /// A scan is made for frames that were left out, while those in the queue cannot be taken yet.
  var isStarving = false
  /// A batch was worked off since the last scan.
  var hasWorked = false
  var nextRescan: UInt64 = 0
  /// Failed frames that the last scan found remembered.
  var failuresSeen = 0
  /// Room for failures can be had by forgetting those that are gone.
  var wantsCompaction = false
  /// Frames were left in the folder that should have gone from it, since no more are waited for.
  public internal(set) var hasLeftBehind = false

  /// Bytes that `init` needs.
  public static func memoryBytes(_ settings: WatchSettings) -> Int {
    FrameFinder<System>.memoryBytes(settings) + Retirer<System>.memoryBytes()
      + Carver.rounded(
        FrameQueue.bytes(capacity: settings.maximumQueue, pathBytes: settings.pathBytes))
      + Carver.rounded(Ledger<System>.bytes(capacity: settings.remember))
      + Carver.rounded(ResultLog<System>.memoryBytes) + Carver.rounded(Path.longCapacity)
  }

  /// - Parameters:
  ///   - memory: `memoryBytes`, 64-byte aligned, outliving this.
  ///   - counts: where to count; outlives this.
  public init(
    _ settings: WatchSettings, _ memory: UnsafeMutableRawPointer, system: System,
    counts: UnsafeMutablePointer<WatchCounts>, client: consuming Client
  ) {
    var carver = Carver(memory)
    self.settings = settings
    self.system = system
    self.counts = counts
    self.client = client
    finder = FrameFinder(settings, &carver, system: system)
    retirer = Retirer(settings, &carver, system: system)
    queue = FrameQueue(
      memory: carver.take(
        FrameQueue.bytes(capacity: settings.maximumQueue, pathBytes: settings.pathBytes)),
      capacity: settings.maximumQueue, pathBytes: settings.pathBytes, order: settings.order)
    ledger = Ledger(
      path: settings.state, memory: carver.take(Ledger<System>.bytes(capacity: settings.remember)),
      capacity: settings.remember, disk: system)
    results = ResultLog(
      path: settings.output, memory: carver.take(ResultLog<System>.memoryBytes), disk: system)
    fullPath = Path(memory: carver.take(Path.longCapacity), capacity: Path.longCapacity)
    startNanoseconds = system.monotonicNanoseconds
  }

  /// Frames that wait, are remembered, and can be.
  public var queued: Int { queue.count }
  public var remembered: Int { ledger.fates.count }
  public var rememberable: Int { ledger.fates.capacity }
  /// Where the next line goes.
  public var resultDescriptor: Int32 { results.descriptor }

  /// Does what there is to do now.
  public mutating func turn() -> WatchTurn {
    let now = system.monotonicNanoseconds
    if isAway { comeBack(now) } else { enter() }
    if !isAway, finder.folder >= 0 { find(now) }
    let isBusy = !isAway && workOff()
    if !isBusy { settleLedger() }
    retirer.rest()
    finder.leave()
    if isCutOff { return .cutOff }
    if needsFreshProcess { return .needsFreshProcess }
    if isBusy { return .again }
    if settings.isOnce, isDrained { return .drained }
    return .rest(until: due)
  }

  /// Writes what is still to be written.
  public mutating func finish() {
    settleLedger()
  }

  /// Keeps the line that the caller wrote to `resultDescriptor` between frames, or takes it back.
  public mutating func conclude(_ error: Errno?) {
    if error == nil { results.accept() } else { results.takeBack() }
    try? results.sync()
  }

  private var isDrained: Bool {
    !finder.wantsScan && !queue.isOverflowing && queue.count == 0 || isAway
  }

  /// When there may be something to do.
  private var due: UInt64 {
    let now = system.monotonicNanoseconds
    let soon = now &+ 1_000_000
    // The kernel keeps silent about a folder that was removed while a file in it is open, as the
    // ledger is, and about one that was mounted over: so it is looked at every two seconds.
    var due = now &+ (isAway ? 1_000_000_000 : 2_000_000_000)
    if let ready = queue.nextReadyNanoseconds { due = min(due, max(ready, soon)) }
    if queue.isOverflowing { due = min(due, max(nextRescan, soon)) }
    if let next = troubles.due { due = min(due, max(next, soon)) }
    if !isAway { due = min(due, max(finder.scanDue, soon)) }
    return due
  }

  // MARK: Words

  /// Says what does not work, once.
  mutating func begin(
    _ trouble: Trouble, _ notice: WatchNotice, _ path: UnsafePointer<CChar>?, _ error: Errno
  ) {
    guard troubles.begin(trouble, error, system.monotonicNanoseconds) else { return }
    client.say(notice, path, error)
  }

  /// Says that it works again.
  mutating func end(_ trouble: Trouble, _ notice: WatchNotice, _ path: UnsafePointer<CChar>?) {
    if troubles.end(trouble) { client.say(notice, path, nil) }
  }

  /// What a confined process is refused (EACCES, or EXDEV for moving) a fresh one may be allowed, if
  /// the folder was removed and made again. Where the permission is really missing, asking again
  /// every five seconds does no harm.
  mutating func askForFreshProcess(_ error: Errno) {
    guard isConfined, error == .noPermission || error == .otherFileSystem,
      system.monotonicNanoseconds &- startNanoseconds > 5_000_000_000
    else { return }
    needsFreshProcess = true
  }
}
