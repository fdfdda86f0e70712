import CSystem
import SINFPictures
import SINFRuntime
import SINFWatch

// A batch: up to 64 frames whose intents reach the disk together, then their lines, then their fates.

extension Watch {
  /// Works a batch off; false when there was nothing to do.
  mutating func workOff() -> Bool {
    let now = csys_monotonic_nanoseconds()
    guard troubles.mayTry(.output, now), troubles.mayTry(.ledger, now) else { return false }
    guard canWriteResults() else { return false }
    let isBusy = gather(now)
    guard batchCount > 0 else { return isBusy }
    guard announce() else {
      putBackAll()
      return false
    }
    for index in 0..<batchCount {
      if isCutOff || troubles.isOn(.output) || isAskedToStop() { break }
      report(index)
      signOfLife()
    }
    close()
    hasWorked = true
    return true
  }

  /// Whether the results can go where they belong; makes the file anew where somebody moved or removed
  /// it.
  private mutating func canWriteResults() -> Bool {
    if !troubles.isOn(.output), results.isInPlace { return true }
    // No frame whose report is in the other file may stay uncertain.
    settleLedger()
    return !troubles.isOn(.ledger) && mend()
  }

  /// Fills the batch from the queue. True when something was done, even if no frame is to be
  /// reported.
  private mutating func gather(_ now: UInt64) -> Bool {
    batchCount = 0
    var isBusy = false
    while batchCount < Ledger.batchLimit {
      let hasRoom = makeRoom(now)
      // Without room only those can go on that are remembered already: they leave, and make some.
      guard hasRoom || batchCount == 0, let slot = queue.take(at: now) else { break }
      isBusy = true
      inspect(slot, now, hasRoom: hasRoom)
    }
    return isBusy
  }

  /// Looks at a queued file: it joins the batch, waits on, or goes.
  private mutating func inspect(_ slot: FrameQueue.Slot, _ now: UInt64, hasRoom: Bool) {
    var frame = Frame(slot: slot)
    guard tables.path.set(root, queue.path(slot)) else { return queue.remove(slot) }
    let error = csys_look(tables.path.path, &frame.status)
    if error != 0 {
      if csys_is_trouble(error) != 0, putBack(slot, error, now) { return }
      reportLost(queue.path(slot), frame.status, error)
      return queue.remove(slot)
    }
    guard frame.status.kind == Int32(CSYS_FILE_REGULAR.rawValue) else {
      counts.pointee.skipped += 1
      return queue.remove(slot)
    }
    var entry = queue[slot]
    let settle = UInt64(options.settleMilliseconds) * 1_000_000
    if entry.bytes != frame.status.bytes || entry.inode != frame.status.inode
      || entry.modifiedNanoseconds != frame.status.modified_nanoseconds
    {
      // It has grown or is another file: it has to lie still first.
      entry.bytes = frame.status.bytes
      entry.inode = frame.status.inode
      entry.modifiedNanoseconds = frame.status.modified_nanoseconds
      queue[slot] = entry
      return queue.putBack(slot, readyNanoseconds: now &+ settle)
    }
    frame.identity = FrameIdentity(path: queue.path(slot), frame.status)
    if !hasRoom, ledger.fates[frame.identity] == nil {
      return queue.putBack(slot, readyNanoseconds: now &+ 1_000_000_000)
    }
    if let fate = ledger.fates[frame.identity] {
      if !isPending(fate) {
        // Reported by a process that ended before it could move the file.
        retire(slot, frame.status, fate)
        return
      }
      frame.wasUncertain = fate == .uncertain
    }
    if isBeingWritten(tables.path.path) {
      return queue.putBack(slot, readyNanoseconds: now &+ max(settle, 50_000_000))
    }
    batch[batchCount] = frame
    batchCount += 1
  }

  /// Puts the intents on the disk; false when that fails, and nothing is announced then.
  private mutating func announce() -> Bool {
    let unwritten = ledger.unwrittenBytes
    batchStart = results.length
    do throws(Ledger.Failure) {
      for index in 0..<batchCount {
        ledger.intend(batch[index].identity, outputBytes: UInt64(results.length))
      }
      try ledger.write()
      try ledger.sync()
    } catch {
      // Fates of an earlier batch may still wait to be written.
      ledger.forgetUnwritten(behind: unwritten)
      if case .system(let number) = error {
        begin(.ledger, tables.state.path, "cannot be written; waiting", number)
      }
      return false
    }
    end(.ledger, tables.state.path, "can be written again")
    return true
  }

  /// Labels and reports one frame of the batch.
  private mutating func report(_ index: Int) {
    let frame = batch[index]
    guard tables.path.set(root, queue.path(frame.slot)) else { return }
    let path = tables.path.path
    let isReplayed = frame.wasUncertain && !canLookBack
    report.tag = FrameTag(
      identity: frame.identity, nanoseconds: csys_wall_nanoseconds(), isReplayed: isReplayed)
    let descriptor = csys_open_regular(path)
    guard descriptor >= 0 else {
      return conclude(index, path, .system(-descriptor), isReplayed)
    }
    var status = csys_status()
    // Replaced since it was announced: another frame, which is found by its own event.
    guard csys_look_at(descriptor, &status) == 0, isSameFile(status, frame.status) else {
      csys_close(descriptor)
      return
    }
    var source = classifier.source(descriptor)
    do throws(FrameError) {
      let result = try classifier.classify(&source)
      report.put(path, 1, result)
      settle(index, .classified, isReplayed)
    } catch {
      conclude(index, path, .frame(error), isReplayed)
    }
    csys_close(descriptor)
  }

  /// Reports a frame that could not be labelled, or leaves it for another try.
  private mutating func conclude(
    _ index: Int, _ path: UnsafePointer<CChar>, _ failure: Failure, _ isReplayed: Bool
  ) {
    if let error = failure.systemError, csys_is_trouble(error) != 0,
      putBack(batch[index].slot, error, csys_monotonic_nanoseconds())
    {
      return
    }
    report.put(path, 1, failure)
    settle(index, .failed, isReplayed)
  }

  /// Counts a frame whose line was written; when the line could not be written, the frame waits.
  private mutating func settle(_ index: Int, _ fate: FrameFate, _ isReplayed: Bool) {
    if report.output.error != 0 { return stopResults() }
    results.accept()
    batch[index].fate = fate
    if fate == .classified { counts.pointee.classified += 1 } else { counts.pointee.failed += 1 }
    if isReplayed { counts.pointee.replayed += 1 }
  }

  /// Ends the batch: results to the disk, fates to the ledger, files to their places, what was not
  /// reported back to the queue.
  private mutating func close() {
    let error = results.sync()
    if error != 0 { takeBackBatch(error) }
    for index in 0..<batchCount {
      _ = ledger.note(batch[index].fate ?? .unreported, of: batch[index].identity)
    }
    writeLedger()
    let now = csys_monotonic_nanoseconds()
    for index in 0..<batchCount {
      let frame = batch[index]
      if let fate = frame.fate {
        retire(frame.slot, frame.status, fate)
      } else if queue[frame.slot].isTaken {
        queue.putBack(frame.slot, readyNanoseconds: now)
      }
    }
    batchCount = 0
    rotate()
  }

  /// The results did not reach the disk: no frame of the batch counts as reported.
  private mutating func takeBackBatch(_ error: Int32) {
    results.takeBack(to: batchStart)
    for index in 0..<batchCount {
      switch batch[index].fate {
      case .classified: counts.pointee.classified -= 1
      case .failed: counts.pointee.failed -= 1
      default: break
      }
      batch[index].fate = nil
    }
    begin(.output, options.output, "cannot be written; waiting", error)
  }

  private mutating func putBackAll() {
    let now = csys_monotonic_nanoseconds()
    for index in 0..<batchCount { queue.putBack(batch[index].slot, readyNanoseconds: now) }
    batchCount = 0
  }

  /// Leaves a frame for another try; false when it was tried often enough, so that the trouble is
  /// taken for the frame's own.
  private mutating func putBack(
    _ slot: FrameQueue.Slot, _ error: Int32, _ now: UInt64
  ) -> Bool {
    var entry = queue[slot]
    guard entry.attempts < 5 else { return false }
    entry.attempts += 1
    queue[slot] = entry
    queue.putBack(slot, readyNanoseconds: now &+ 100_000_000 << UInt64(entry.attempts))
    return true
  }

  /// Reports a frame that was lost before it could be read.
  mutating func reportLost(
    _ relative: UnsafePointer<CChar>, _ status: csys_status, _ error: Int32
  ) {
    guard tables.target.set(root, relative) else { return }
    report.tag = FrameTag(
      identity: FrameIdentity(path: relative, status), nanoseconds: csys_wall_nanoseconds(),
      isReplayed: false)
    report.put(tables.target.path, 1, .system(error))
    counts.pointee.failed += 1
    if report.output.error != 0 { stopResults() } else { results.accept() }
  }

  func isSameFile(_ a: csys_status, _ b: csys_status) -> Bool {
    a.inode == b.inode && a.bytes == b.bytes && a.modified_nanoseconds == b.modified_nanoseconds
  }
}

extension Failure {
  /// The errno behind it, if there is one.
  var systemError: Int32? {
    switch self {
    case .system(let error), .frame(.io(let error)): error
    default: nil
    }
  }
}
