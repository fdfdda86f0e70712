import SINFSystem

// A batch: up to 64 frames whose intents reach the disk together, then their lines, then their fates.

extension WatchLoop where Client: ~Copyable {
  /// How often the program may end at a frame before that is reported as failed.
  static var attemptLimit: Int { 4 }

  /// Works a batch off; false when there was nothing to do.
  mutating func workOff() -> Bool {
    guard finder.folder >= 0 else { return false }
    let now = system.monotonicNanoseconds
    guard troubles.mayTry(.output, now), troubles.mayTry(.ledger, now) else { return false }
    guard canWriteResults(), isReconciled() else { return false }
    makeRoomForFailures()
    let isBusy = gather(now)
    guard batch.count > 0 else { return isBusy }
    guard announce() else {
      putBackAll()
      return false
    }
    for index in 0..<batch.count {
      if isCutOff || troubles.isOn(.output) || client.isAskedToStop() { break }
      report(index)
    }
    close()
    hasWorked = true
    return true
  }

  /// Fills the batch from the queue. True when something was done, even if no frame is to be
  /// reported.
  private mutating func gather(_ now: UInt64) -> Bool {
    batch.begin()
    var isBusy = false
    while !batch.isClosed {
      let hasRoom = makeRoom(now)
      // Without room only those can go on that are remembered already: they leave, and make some.
      guard hasRoom || batch.count == 0, let slot = queue.take(at: now) else { break }
      isBusy = true
      inspect(slot, now, hasRoom: hasRoom)
    }
    return isBusy
  }

  /// Looks at a queued file: it joins the batch, waits on, or goes.
  private mutating func inspect(_ slot: FrameQueue.Slot, _ now: UInt64, hasRoom: Bool) {
    var frame = FrameBatch.Frame()
    frame.slot = slot
    do throws(Errno) {
      frame.status = try system.look(queue.path(slot), in: finder.folder)
    } catch {
      if error.isTrouble, tryAgain(slot, now) { return }
      lose(slot, error)
      return queue.remove(slot)
    }
    guard frame.status.kind == .regular else {
      counts.pointee.skipped += 1
      return queue.remove(slot)
    }
    guard frame.status.isSameContent(as: queue[slot].status) else {
      // It has grown or is another file: it has to lie still first.
      queue[slot].status = frame.status
      return queue.putBack(slot, readyNanoseconds: now &+ settings.settleNanoseconds)
    }
    frame.identity = FrameIdentity(path: queue.path(slot), frame.status)
    let fate = ledger.fates[frame.identity]
    if fate == nil, !hasRoom {
      return queue.putBack(slot, readyNanoseconds: now &+ 1_000_000_000)
    }
    if let fate, !fate.isPending {
      // Reported by a process that ended before it could move the file.
      return retire(slot, frame.status, fate)
    }
    frame.wasUncertain = fate == .uncertain
    let attempts = ledger.attempts(of: frame.identity)
    if attempts >= WatchLoop.attemptLimit { frame.loss = .fatal(attempts: attempts) }
    if frame.loss == nil, isBeingWritten(queue.path(slot)) {
      return queue.putBack(slot, readyNanoseconds: now &+ writerPause)
    }
    if !batch.add(frame) { queue.putBack(slot, readyNanoseconds: now) }
  }

  /// How long to leave a file alone that somebody has open for writing.
  private var writerPause: UInt64 { max(settings.settleNanoseconds, 50_000_000) }

  /// Puts the intents on the disk; false when that fails, and nothing is announced then.
  private mutating func announce() -> Bool {
    let unwritten = ledger.unwrittenBytes
    batch.start = results.length
    do throws(Errno) {
      for index in 0..<batch.count {
        ledger.intend(batch[index].identity, outputBytes: UInt64(results.length))
      }
      try ledger.write()
      try ledger.sync()
    } catch {
      // Fates of an earlier batch may still wait to be written.
      ledger.forgetUnwritten(behind: unwritten)
      begin(.ledger, .cannotWriteLedger, settings.state, error)
      return false
    }
    end(.ledger, .canWriteLedger, settings.state)
    return true
  }

  /// Ends the batch: results to the disk, fates to the ledger, files to their places, what was not
  /// reported back to the queue.
  private mutating func close() {
    do throws(Errno) {
      try results.sync()
    } catch {
      takeBackBatch(error)
    }
    for index in 0..<batch.count {
      _ = ledger.note(batch[index].fate ?? .unreported, of: batch[index].identity)
    }
    writeLedger()
    let now = system.monotonicNanoseconds
    for index in 0..<batch.count {
      let frame = batch[index]
      if let fate = frame.fate {
        retire(frame.slot, frame.status, fate)
      } else if !frame.isLeftAlone, queue[frame.slot].isTaken {
        queue.putBack(frame.slot, readyNanoseconds: now)
      }
    }
    batch.begin()
    rotate()
  }

  /// The results did not reach the disk: no frame of the batch counts as reported.
  private mutating func takeBackBatch(_ error: Errno) {
    results.takeBack(to: batch.start)
    for index in 0..<batch.count {
      if let fate = batch[index].fate { counts.pointee.note(fate, -1) }
      batch[index].fate = nil
    }
    begin(.output, .cannotWriteResults, settings.output, error)
  }

  private mutating func putBackAll() {
    let now = system.monotonicNanoseconds
    for index in 0..<batch.count { queue.putBack(batch[index].slot, readyNanoseconds: now) }
    batch.begin()
  }

  /// Leaves a frame for another try, each time twice as long; false when it was tried often enough, so
  /// that the trouble is taken for the frame's own.
  mutating func tryAgain(_ slot: FrameQueue.Slot, _ now: UInt64) -> Bool {
    guard queue[slot].attempts < 5 else { return false }
    queue[slot].attempts += 1
    queue.putBack(slot, readyNanoseconds: now &+ 100_000_000 << UInt64(queue[slot].attempts))
    return true
  }

  /// Sees to it that a reported frame leaves the folder, where it is to, and the queue.
  mutating func retire(_ slot: FrameQueue.Slot, _ status: FileStatus, _ fate: FrameFate) {
    guard settings.leaves(fate) else { return queue.remove(slot) }
    let place = settings.place(of: fate) ?? settings.folder
    do throws(Errno) {
      try retirer.retire(queue.path(slot), in: finder.folder, status, fate)
    } catch {
      begin(.leaving, .framesCannotLeave, place, error)
      askForFreshProcess(error)
      queue[slot].attempts += 1
      if settings.isOnce, queue[slot].attempts >= 3 {
        // Nobody waits for it to become possible.
        hasLeftBehind = true
        return queue.remove(slot)
      }
      let pause: UInt64 = settings.isOnce ? 100_000_000 : 5_000_000_000
      return queue.putBack(slot, readyNanoseconds: system.monotonicNanoseconds &+ pause)
    }
    end(.leaving, .framesLeave, place)
    queue.remove(slot)
  }
}
