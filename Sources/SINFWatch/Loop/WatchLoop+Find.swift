import SINFSystem

// From what was found to what is queued.

extension WatchLoop where Client: ~Copyable {
  /// Takes in what events tell, and goes through the folder where that is due.
  mutating func find(_ now: UInt64) {
    while let finding = finder.nextEvent() {
      take(finding)
      if isAway { return }
    }
    if finder.wantsScan || mustRescan(now) || troubles.mustTry(.reading, now)
      || troubles.mustTry(.folder, now) || now >= finder.scanDue
    {
      scan(now)
    }
  }

  /// Whether frames that were left out may have room now: nothing waits, or what waits cannot be taken
  /// yet. Looked for at once after a batch, otherwise once a second.
  private func mustRescan(_ now: UInt64) -> Bool {
    guard queue.isOverflowing else { return false }
    guard let ready = queue.nextReadyNanoseconds else { return true }
    return ready > now && (hasWorked || now >= nextRescan)
  }

  /// Goes through the folder; what is not known yet is queued.
  private mutating func scan(_ now: UInt64) {
    hasWorked = false
    nextRescan = now &+ 1_000_000_000
    let hasLeftOut = queue.isOverflowing
    if hasLeftOut { counts.pointee.overloads += 1 }
    queue.isOverflowing = false
    counts.pointee.scans += 1
    failuresSeen = 0
    // Frames that cannot be taken yet must not keep the others out.
    isStarving = hasLeftOut && queue.count > 0
    if isStarving, queue.count == queue.capacity { queue.removeAll() }
    defer { isStarving = false }
    var isWhole = true
    var isWatchedWhole = true
    finder.beginScan(isFirst: !counts.pointee.hasScanned)
    while let finding = finder.nextScanned() {
      if case .unreadable = finding { isWhole = false }
      if case .scannedOnly = finding { isWatchedWhole = false }
      take(finding)
      if isAway { return }
    }
    finder.endScan(isWhole: isWhole)
    if isWhole {
      end(.reading, .canLook, settings.folder)
      // Failures that are gone make room for others.
      wantsCompaction = !worthless.isEmpty && failuresSeen < failureLimit
    }
    if isWatchedWhole { end(.folder, .foldersAreWatched, settings.folder) }
    counts.pointee.hasScanned = true
  }

  private mutating func take(_ finding: FrameFinder<System>.Finding) {
    switch finding {
    case .frame(let status, let isWhole, let isCounted):
      consider(finder.path, status, isWhole: isWhole, isCounted: isCounted)
    case .other: counts.pointee.skipped += 1
    case .overflow: counts.pointee.overloads += 1
    case .gone(let error): leave(error)
    case .scannedOnly(let error):
      // Said for the first of them: they differ by nothing that helps.
      setFullPath(finder.path)
      begin(.folder, .folderIsScannedOnly, fullPath.text, error ?? .noSpace)
    case .unreadable(let error):
      setFullPath(finder.path)
      begin(.reading, .cannotLook, fullPath.text, error)
    case .tooDeep:
      setFullPath(finder.path)
      client.say(.tooDeep, fullPath.text, nil)
    }
  }

  /// Where something below the folder is for people, as far as there is room for it.
  mutating func setFullPath(_ path: UnsafePointer<CChar>) {
    if !fullPath.set(settings.folder, path) { _ = fullPath.set(settings.folder) }
  }

  /// Queues what stands at the path, unless it was reported.
  private mutating func consider(
    _ path: UnsafePointer<CChar>, _ status: FileStatus, isWhole: Bool, isCounted: Bool
  ) {
    guard status.kind == .regular else {
      if isCounted { counts.pointee.skipped += 1 }
      return
    }
    let identity = FrameIdentity(path: path, status)
    if let fate = ledger.fates[identity], !fate.isPending {
      if fate == .failed { failuresSeen += 1 }
      if !settings.leaves(fate) || hasLeftBehind { return }
    }
    if worthless.contains(identity) { return }
    if isStarving, mustWait(path, identity) {
      queue.isOverflowing = true
      return
    }
    let now = system.monotonicNanoseconds
    let age = system.wallNanoseconds.subtractingReportingOverflow(status.modifiedNanoseconds)
    let isSettled =
      isWhole || age.overflow
      || age.partialValue >= Int64(clamping: settings.settleNanoseconds)
    let ready = isSettled ? now : now &+ settings.settleNanoseconds
    if queue.offer(path, status, readyNanoseconds: ready) == .tooLong {
      loseAtOnce(path, status, identity, .pathTooLong)
    }
  }

  /// Whether the file could not be taken now: somebody writes it, or it was reported and cannot leave.
  private func mustWait(_ path: UnsafePointer<CChar>, _ identity: FrameIdentity) -> Bool {
    if let fate = ledger.fates[identity], !fate.isPending { return true }
    return isBeingWritten(path)
  }

  /// Whether the kernel knows of somebody who has the file open for writing.
  func isBeingWritten(_ path: UnsafePointer<CChar>) -> Bool {
    guard let descriptor = try? system.openFile(path, in: finder.folder) else { return false }
    defer { system.close(descriptor) }
    return system.writing(descriptor) == .somebody
  }

  // MARK: The folder goes and comes back

  /// Enters the folder for this turn.
  mutating func enter() {
    do throws(Errno) {
      try finder.enter()
    } catch {
      // The machine's trouble, not the folder's: the next turn tries again.
      if error.isTrouble {
        begin(.reading, .cannotLook, settings.folder, error)
        return
      }
      leave(error)
    }
  }

  /// The watched folder is no longer there.
  private mutating func leave(_ error: Errno) {
    isAway = true
    queue.removeAll()
    queue.isOverflowing = false
    finder.forget()
    batch.begin()
    begin(.folder, .folderIsGone, settings.folder, error)
    // So that a file system can be unmounted.
    settleLedger()
    ledger.close()
  }

  /// Looks for the watched folder.
  mutating func comeBack(_ now: UInt64) {
    guard troubles.mayTry(.folder, now) else { return }
    do throws(Errno) {
      try finder.open()
    } catch {
      if error == .noPermission, isConfined { needsFreshProcess = true }
      begin(.folder, .folderIsGone, settings.folder, error)
      return
    }
    do throws(LedgerFailure) {
      try openLedger()
    } catch {
      // It may be about to come: folders are made before what is in them can be written.
      finder.forget()
      if error.error == .noPermission, isConfined { needsFreshProcess = true }
      begin(.folder, .cannotOpenLedgerAgain, settings.state, error.error ?? .noSuchFile)
      return
    }
    isAway = false
    end(.folder, .folderIsBack, settings.folder)
  }
}
