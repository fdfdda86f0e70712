import CSystem
import SINFWatch

// How frames are found: by the kernel's events, and by scans at start and whenever events or the
// queue's room did not suffice.

extension Watch {
  mutating func drainEvents() {
    var event = csys_event(watch: -1, kind: 0, name: PathText.none)
    while csys_events_next(tables.events, &event) {
      switch UInt32(bitPattern: event.kind) {
      case CSYS_EVENT_OVERFLOW.rawValue:
        counts.pointee.overloads += 1
        wantsScan = true
      case CSYS_EVENT_GONE.rawValue:
        if let folder = folders.path(of: event.watch), folder[0] == 0 { leave(0) }
        wantsScan = true
      case CSYS_EVENT_FOLDERS.rawValue:
        if options.shared.isRecursive { wantsScan = true }
      default: found(event)
      }
      if isAway { return }
    }
  }

  /// A file of an event.
  private mutating func found(_ event: csys_event) {
    guard event.name[0] != 0x2E, event.name[0] != 0,
      let folder = folders.path(of: event.watch)
    else { return }
    let isWhole = event.kind != Int32(CSYS_EVENT_CREATED.rawValue)
    guard options.includes(event.name) else {
      if isWhole { counts.pointee.skipped += 1 }
      return
    }
    // The path below the watched folder, then the whole one.
    guard tables.other.set(folder, event.name), tables.path.set(root, tables.other.path) else {
      return
    }
    let relative = folder[0] == 0 ? event.name : tables.other.path
    var status = csys_status()
    // Gone again: moved or deleted by its writer, who made another name for it, or by ourselves after a
    // scan had found it. What nobody saw is no frame.
    guard csys_look(tables.path.path, &status) == 0 else { return }
    // Of links, FIFOs and the like there is only the event that made them or moved them in.
    let isCounted = event.kind != Int32(CSYS_EVENT_CLOSED.rawValue)
    consider(relative, status, isWhole: isWhole, isCounted: isCounted)
  }

  /// Goes through the folder; what is not known yet is queued.
  mutating func scan() {
    wantsScan = false
    let hasLeftOut = queue.isOverflowing
    if hasLeftOut { counts.pointee.overloads += 1 }
    queue.isOverflowing = false
    counts.pointee.scans += 1
    // Frames that cannot be taken yet must not keep the others out.
    isStarving = hasLeftOut && queue.count > 0
    if isStarving, queue.count == queue.capacity { queue.removeAll() }
    defer { isStarving = false }
    let isFirst = !counts.pointee.hasScanned
    var isWhole = true
    var isWatchedWhole = true
    folders.beginScan()
    let watch = csys_events_watch(tables.events, root)
    guard watch >= 0, folders.note(watch, PathText.none) else { return leave(-watch) }
    var scan = FolderScan(root, isRecursive: options.shared.isRecursive, memory: tables.scan)
    while let entry = scan.next() {
      switch entry {
      case .file(let status):
        if options.includes(scan.name) {
          consider(scan.relativePath, status, isWhole: false, isCounted: isFirst)
        } else if isFirst {
          counts.pointee.skipped += 1
        }
      case .folder(let status):
        if isDestination(status) || !options.shared.isRecursive {
          scan.leaveOut()
        } else {
          let watch = csys_events_watch(tables.events, scan.path)
          if watch < 0 || !folders.note(watch, scan.relativePath) {
            if watch >= 0 { csys_events_unwatch(tables.events, watch) }
            isWatchedWhole = false
            begin(
              .folder, scan.path, "cannot watch this folder; at most 256 are watched",
              watch < 0 ? -watch : csys_path_too_long())
          }
        }
      case .unreadable(let error):
        if scan.relativePath[0] == 0 { return leave(error) }
        isWhole = false
        begin(.reading, scan.path, "cannot be looked at", error)
      case .tooDeep:
        if isFirst { say(scan.path, "not entered: folders are followed 16 deep") }
      }
    }
    if isWhole { end(.reading, root, "can be looked at again") }
    if isWatchedWhole { end(.folder, root, "all folders are watched") }
    while let gone = folders.removeUnseen() { csys_events_unwatch(tables.events, gone) }
    counts.pointee.hasScanned = true
  }

  /// Whether the folder is where frames are moved to.
  private func isDestination(_ status: csys_status) -> Bool {
    isSame(status, options.done) || isSame(status, options.failed)
  }

  private func isSame(_ status: csys_status, _ path: UnsafePointer<CChar>?) -> Bool {
    var other = csys_status()
    guard let path, csys_look(path, &other) == 0 else { return false }
    return other.device == status.device && other.inode == status.inode
  }

  /// Queues what stands at the path, unless it was reported.
  ///
  /// - Parameters:
  ///   - isWhole: its writer has closed it or renamed it into its place.
  ///   - isCounted: what is skipped is counted.
  private mutating func consider(
    _ relative: UnsafePointer<CChar>, _ status: csys_status, isWhole: Bool, isCounted: Bool
  ) {
    guard status.kind == Int32(CSYS_FILE_REGULAR.rawValue) else {
      if isCounted { counts.pointee.skipped += 1 }
      return
    }
    let identity = FrameIdentity(path: relative, status)
    if let fate = ledger.fates[identity], !isPending(fate), !leaves(fate) { return }
    if isStarving, mustWait(relative, identity) {
      queue.isOverflowing = true
      return
    }
    let now = csys_monotonic_nanoseconds()
    let settle = Int64(options.settleMilliseconds) * 1_000_000
    let age = csys_wall_nanoseconds() &- status.modified_nanoseconds
    let ready = isWhole || age >= settle ? now : now &+ UInt64(settle)
    if queue.offer(relative, status, readyNanoseconds: ready) == .tooLong {
      reportLost(relative, status, csys_path_too_long())
    }
  }

  /// Whether the file could not be taken now: somebody writes it, or it was reported and cannot leave.
  private func mustWait(_ relative: UnsafePointer<CChar>, _ identity: FrameIdentity) -> Bool {
    if let fate = ledger.fates[identity], !isPending(fate) { return true }
    guard tables.path.set(root, relative) else { return false }
    return isBeingWritten(tables.path.path)
  }

  /// Whether the kernel knows of somebody who has the file open for writing.
  func isBeingWritten(_ path: UnsafePointer<CChar>) -> Bool {
    let descriptor = csys_open_regular(path)
    guard descriptor >= 0 else { return false }
    defer { csys_close(descriptor) }
    return csys_is_being_written(descriptor) == Int32(CSYS_WRITING_YES.rawValue)
  }

  /// Whether frames that were left out may have room now: nothing waits, or what waits cannot be taken
  /// yet. Looked for at once after a batch, otherwise once a second.
  func mustRescan(_ now: UInt64) -> Bool {
    guard queue.isOverflowing else { return false }
    guard let ready = queue.nextReadyNanoseconds else { return true }
    return ready > now && (hasWorked || now >= nextRescan)
  }

  /// Whether something that could not be looked at or watched is to be tried again.
  func mustRetryScan(_ now: UInt64) -> Bool {
    (troubles.isOn(.reading) && troubles.mayTry(.reading, now))
      || (troubles.isOn(.folder) && troubles.mayTry(.folder, now))
  }

  /// Whether a frame of this fate is still to be reported.
  func isPending(_ fate: FrameFate) -> Bool { fate == .uncertain || fate == .unreported }

  /// Whether a frame of this fate is to leave the folder.
  func leaves(_ fate: FrameFate) -> Bool {
    switch fate {
    case .classified: options.deletesDone || options.done != nil
    case .failed: options.failed != nil
    case .unreported, .uncertain: false
    }
  }

  /// The kernel keeps silent about a folder that was removed while a file in it is open, as the ledger
  /// is, and about one that was mounted over: so it is looked at every two seconds.
  mutating func lookAtRoot(_ now: UInt64) {
    guard now >= nextLook else { return }
    nextLook = now &+ 2_000_000_000
    var status = csys_status()
    let error = csys_look(root, &status)
    if error != 0 || status.inode != rootStatus.inode || status.device != rootStatus.device {
      leave(error)
    }
  }

  /// The watched folder is no longer there; an errno, 0 for an event.
  private mutating func leave(_ error: Int32) {
    isAway = true
    queue.removeAll()
    queue.isOverflowing = false
    folders.removeAll()
    batchCount = 0
    begin(
      .folder, root, "the watched folder is gone; waiting for it",
      error == 0 ? csys_no_such_file() : error)
    // So that a file system can be unmounted.
    settleLedger()
    ledger.close()
  }

  /// Looks for the watched folder once a second.
  mutating func comeBack(_ now: UInt64) {
    guard troubles.mayTry(.folder, now) else { return }
    let watch = csys_events_watch(tables.events, root)
    guard watch >= 0, folders.note(watch, PathText.none) else {
      return begin(.folder, root, "the watched folder is gone; waiting for it", -watch)
    }
    var probe = csys_directory()
    let error = csys_directory_open(&probe, root)
    csys_directory_close(&probe)
    if error == csys_no_permission(), isConfined {
      needsFreshProcess = true
      return
    }
    if let failure = openLedger() {
      // It may be about to come: folders are made before what is in them can be written.
      var number = csys_no_such_file()
      if case .system(let system) = failure { number = system }
      folders.removeAll()
      return begin(.folder, root, "the watched folder's memory cannot be opened", number)
    }
    let reread = reconcile()
    if reread != 0 {
      folders.removeAll()
      return begin(.folder, root, "the watched folder's memory cannot be written", reread)
    }
    isAway = csys_look(root, &rootStatus) != 0
    wantsScan = true
    confine()
    end(.folder, root, "the watched folder is back")
  }
}
